"""The money desk."""

from django.urls import path

from payments.desk.views import payout_results, payouts

app_name = "desk"
urlpatterns = [
    path("chi-tra/", payouts.batches, name="payout_batches"),
    path("chi-tra/lap/", payouts.make, name="payout_batch_make"),
    path("chi-tra/dot/<int:pk>/", payouts.batch, name="payout_batch"),
    path("chi-tra/dot/<int:pk>/duyet/", payouts.approve, name="payout_batch_approve"),
    path("chi-tra/dot/<int:pk>/gui/", payouts.send, name="payout_batch_send"),
    path("chi-tra/dot/<int:pk>/huy/", payouts.cancel, name="payout_batch_cancel"),
    path("chi-tra/dot/<int:pk>/tep/<slug:form>/", payouts.file, name="payout_file"),
    path("chi-tra/dot/<int:pk>/ma-qr/", payouts.codes, name="payout_codes"),
    path("chi-tra/khoan/<slug:reference>/ma.svg", payouts.code, name="payout_code"),
    path("chi-tra/khoan/<slug:reference>/ket-qua/", payout_results.settle, name="payout_settle"),
    path("chi-tra/ket-qua/", payout_results.upload, name="payout_results"),
    path("chi-tra/ket-qua/<int:pk>/", payout_results.result, name="payout_result"),
]
