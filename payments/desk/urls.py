"""The money desk."""

from django.urls import path

from payments.desk.views import corrections, home, payout_results, payouts, reconciliation, transfers

app_name = "desk"
urlpatterns = [
    path("", home.home, name="home"),
    path("tim/", home.search, name="search"),
    path("thanh-toan/<slug:reference>/", home.payment, name="payment"),
    path("cong-tra/<slug:code>/", home.switch, name="rail_switch"),
    path("chuyen-khoan/", transfers.transfers, name="transfers"),
    path("chuyen-khoan/<int:pk>/", transfers.transfer, name="transfer"),
    path("chuyen-khoan/<int:pk>/gan-don/", transfers.attach_to_order, name="transfer_attach"),
    path("chuyen-khoan/<int:pk>/tra-lai/", transfers.give_back, name="transfer_give_back"),
    path("hoan-tien/", transfers.refunds, name="refunds"),
    path("hoan-tien/<int:pk>/da-tra/", transfers.refund_done, name="refund_done"),
    path("but-toan/", corrections.corrections, name="corrections"),
    path("but-toan/de-nghi/", corrections.propose, name="correction_propose"),
    path("but-toan/<int:pk>/duyet/", corrections.approve, name="correction_approve"),
    path("but-toan/<int:pk>/bo/", corrections.reject, name="correction_reject"),
    path("viec-ket/", corrections.jobs, name="jobs"),
    path("viec-ket/<int:pk>/lam-lai/", corrections.job_retry, name="job_retry"),
    path("nhat-ky/", corrections.diary, name="diary"),
    path("nhat-ky/tep/", corrections.diary_file, name="diary_file"),
    path("doi-soat/", reconciliation.overview, name="reconciliation"),
    path("doi-soat/tep/", reconciliation.items_file, name="items_file"),
    path("doi-soat/lech/<int:pk>/", reconciliation.item, name="item"),
    path("doi-soat/lech/<int:pk>/<slug:way>/", reconciliation.resolve, name="item_resolve"),
    path("doi-soat/sao-ke/", reconciliation.statements, name="statements"),
    path("doi-soat/sao-ke/nop/", reconciliation.upload, name="statement_upload"),
    path("doi-soat/sao-ke/<int:pk>/", reconciliation.statement, name="statement"),
    path("doi-soat/sao-ke/<int:pk>/ap-dung/", reconciliation.apply, name="statement_apply"),
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
