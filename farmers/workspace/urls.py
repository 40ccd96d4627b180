"""The seller's console."""

from django.urls import path

from farmers.workspace.views import affairs, money, orders, payouts, products

app_name = "workspace"
urlpatterns = [
    path("", orders.home, name="home"),
    path("gian-hang/", orders.switch, name="switch"),
    path("don/<slug:number>/", orders.order, name="order"),
    path("don/<slug:number>/nhan/", orders.accept, name="accept"),
    path("don/<slug:number>/giao/", orders.hand_over, name="hand_over"),
    path("don/<slug:number>/da-giao/", orders.deliver, name="deliver"),
    path("don/<slug:number>/khong-nhan/", orders.refused, name="refused"),
    path("don/<slug:number>/tro-ve/", orders.came_back, name="came_back"),
    path("don/<slug:number>/huy/", orders.cancel, name="cancel"),
    path("don/<slug:number>/thieu/", affairs.reduce, name="reduce"),
    path("don/<slug:number>/tra-loi-huy/", affairs.answer_cancellation, name="answer_cancellation"),
    path("don/<slug:number>/khieu-nai/", affairs.claim, name="claim"),
    path("don/<slug:number>/phieu.pdf", orders.slip, name="packing_slip"),
    path("da-chuyen/", payouts.payouts, name="payouts"),
    path("tai-khoan-nhan-tien/", payouts.account, name="payout_account"),
    path("tai-khoan-nhan-tien/ma/", payouts.confirm, name="payout_account_code"),
    path("tai-khoan-nhan-tien/ma/gui-lai/", payouts.send_again, name="payout_account_resend"),
    path("tai-khoan-nhan-tien/giu-nguyen/", payouts.keep, name="payout_account_keep"),
    path("tien/", money.money, name="money"),
    path("tien/don/<slug:number>/", money.order, name="money_order"),
    path("tien/<int:year>/<int:month>/", money.month, name="money_month"),
    path("tien/<int:year>/<int:month>/sao-ke.<slug:kind>", money.statement, name="month_statement"),
    path("tien/<int:year>/chung-tu-thue.pdf", money.tax_certificate, name="tax_certificate"),
    path("tien/<int:year>/sao-ke.<slug:kind>", money.statement, name="year_statement"),
    path("san-pham/", products.products, name="products"),
    path("san-pham/them/", products.add, name="product_add"),
    path("san-pham/gia-ky/", products.price_per_kilogram, name="price_per_kilogram"),
    path("san-pham/<int:pk>/", products.edit, name="product_edit"),
    path("san-pham/<int:pk>/kho/", products.stock, name="stock"),
]
