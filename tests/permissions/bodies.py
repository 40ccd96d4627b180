"""What is sent, so that whoever may do it does it."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from catalogue.models import Product
from payments.ledger.accounts import of_market
from payments.ledger.models import Account, Entry
from tests.factories import (
    anh_tam,
    stock_of,
)
from tests.payments.claims.sold import photo
from tests.permissions.world import World

#: what is sent, so that whoever may do it does it
BODIES: dict[str, Callable[[World], dict[str, Any]]] = {
    "account_home": lambda world: {"full_name": "Tên Mới"},
    "account_login": lambda world: {"phone": "0912000042"},
    "account_request_login_code": lambda world: {"phone": "0912000042"},
    "checkout:add": lambda world: {"product": world.product.pk, "quantity": 1},
    "checkout:change_line": lambda world: {"quantity": 7},
    "desk:correction_propose": lambda world: {
        "debit": of_market(Account.Kind.PROVIDER_FEES).pk,
        "credit": of_market(Account.Kind.BANK).pk,
        "amount": 1_000,
        "memo": "Phí tháng 11",
        "token": str(uuid4()),
    },
    "desk:entry_take_back": lambda world: {"memo": "Không phải phí"},
    "desk:item_resolve": lambda world: {"words": "Vốn góp của hợp tác xã"},
    "desk:rail_switch": lambda world: {"reason": "Ngân hàng bảo trì", "off": "on"},
    "desk:refund_done": lambda world: {"bank_reference": "FT1"},
    "desk:refund_returned": lambda world: {"reason": "Tài khoản đã đóng"},
    "desk:refund_found": lambda world: {"number": "RF1"},
    "desk:refund_account": lambda world: {
        "bank_bin": "970415",
        "number": "123456789",
        "holder": "Nguyễn Thị Lan",
    },
    "desk:statement_upload": lambda world: {
        "kind": "bank",
        "file": SimpleUploadedFile("moi.csv", "ngày,số tiền,nội dung\n25/11/2026,1000,x".encode()),
    },
    "desk:transfer_attach": lambda world: {"order": world.unpaid.number},
    "desk:transfer_returned": lambda world: {"movements": Entry.objects.latest("pk").pk},
    "desk:transfer_give_back": lambda world: {"memo": "FT9 trả anh Ba"},
    "desk:payout_batch_make": lambda world: {"token": str(uuid4())},
    "desk:payout_batch_approve": lambda world: {"total": world.batch.total},
    "desk:payout_results": lambda world: {
        "file": SimpleUploadedFile("kq.csv", f"reference,status\n{world.payout.reference},paid".encode())
    },
    "desk:payout_settle": lambda world: {"outcome": "paid", "note": "FT1"},
    "payments:switch": lambda world: {"provider": "cash_on_delivery"},
    "set_language": lambda world: {"language": "en"},
    "tracking:find": lambda world: {"number": world.paid.number, "last_digits": "9999"},
    "tracking:claim": lambda world: {
        "words": "Ba gói bị dập nát.",
        "wanted": "50.000",
        "photos": SimpleUploadedFile("hong.jpg", photo().getvalue()),
    },
    "tracking:refund_account": lambda world: {
        "bank_bin": "970415",
        "number": "123456789",
        "holder": "Nguyễn Thị Lan",
        "holder_again": "NGUYEN THI LAN",
    },
    "desk:claim_write": lambda world: {"words": "Ba gói bị dập nát.", "wanted": "50.000"},
    "desk:claim_decide": lambda world: {"goods": 10_000, "words": "Trả một phần."},
    "desk:cancellation_answer": lambda world: {"agree": "on", "words": "Quá giờ."},
    "desk:parcel_cancel": lambda world: {"reason": "Khách đổi ý"},
    "desk:parcel_return": lambda world: {"reason": "Không ai nhận, bưu cục báo"},
    "workspace:came_back": lambda world: {"note": "Gọi không ai nghe máy."},
    "desk:parcel_refund": lambda world: {"goods": 10_000, "reason": "Thiếu hàng", "token": str(uuid4())},
    "workspace:reduce": lambda world: {
        "line": world.parcel.lines.get().pk,
        "grams": "100 g",
        "reason": "Mưa làm hỏng.",
    },
    "workspace:answer_cancellation": lambda world: {"agree": "0", "words": "Đã gửi xe."},
    "workspace:claim": lambda world: {"agree": "1"},
    "workspace:cancel": lambda world: {"note": "Mưa làm hỏng lứa cuối."},
    "workspace:hand_over": lambda world: {"carrier": "Nhà vườn tự giao"},
    "workspace:payout_account": lambda world: {
        "bank_bin": "970415",
        "number": "123456789",
        "holder": "Điểu Tâm",
    },
    "workspace:product_add": lambda world: _product_form(),
    "workspace:product_edit": lambda world: _product_form(),
    "workspace:stock": lambda world: {"left": 9, "shown": 1},
    "workspace:switch": lambda world: {"stall": anh_tam().code},
}


def _product_form() -> dict[str, Any]:
    product = Product.objects.filter(seller=anh_tam()).first()
    return {
        "crop": product.crop_id,
        "title": "Tên hàng mới",
        "pack_grams": "500 g",
        "price": "95k",
        "left": "1",
        "initial-left": str(stock_of(product).net_stock_level),
        "commune": product.commune_id,
    }
