import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from farmers.partner.models import Partner, PartnerMember
from marketplace.messaging.models import Message
from marketplace.order.models import SellerOrder
from marketplace.order.services import deliver_unpaid, expire, move, take_back
from tests.factories import (
    anh_tam,
    chi_lan,
    htx_dong_phu,
    make_order,
    make_paid_order,
    make_partner,
    make_product,
    make_user,
    stock_of,
    stranger,
)

pytestmark = pytest.mark.django_db
Status = SellerOrder.Status
AT_THE_DOOR = {"payment_method": "cash_on_delivery", "pays_on_delivery": True}
HOME = "/ban-hang/"


@pytest.fixture
def tam(client):
    """The client is signed in as anh Tâm."""
    client.force_login(anh_tam().members.get().user)
    return client


@pytest.fixture
def shared_order():
    """One order with a part of anh Tâm's and a part of the cooperative's."""
    cashew = make_product("Hạt điều rang muối", partner=anh_tam(), price=95_000)
    pepper = make_product("Tiêu đen nguyên hạt", partner=htx_dong_phu(), price=140_000)
    return make_paid_order((cashew, 2), (pepper, 1))


def part_of(order, partner: Partner) -> SellerOrder:
    return order.seller_orders.get(partner=partner)


def url(name: str, part: SellerOrder) -> str:
    return reverse(f"workspace:{name}", args=[part.number])


def text(response) -> str:
    return response.content.decode().replace("\xa0", " ")


class TestTheList:
    def test_counts_what_waits_for_the_sellers_hands(self, tam):
        for _ in range(2):
            make_paid_order((make_product(), 1))
        move(make_paid_order((make_product(), 1)).seller_orders.get(), Status.PACKING)
        page = tam.get(HOME)
        assert page.context["orders"].to_do == 3
        assert [tab["count"] for tab in page.context["orders"].tabs] == [2, 1, 0, 0]

    def test_opens_where_there_is_work(self, tam):
        move(make_paid_order((make_product(), 1)).seller_orders.get(), Status.PACKING)
        assert tam.get(HOME).context["orders"].tab == "goi"

    def test_shows_only_own_parts(self, tam, shared_order):
        page = text(tam.get(HOME))
        assert part_of(shared_order, anh_tam()).number in page
        assert "Tiêu đen" not in page
        assert part_of(shared_order, htx_dong_phu()).number not in page

    def test_leaves_out_what_nobody_paid_for(self, tam):
        order = make_order((make_product(), 1))
        assert tam.get(HOME).context["orders"].to_do == 0
        assert tam.get(url("order", order.seller_orders.get())).status_code == 404
        expire(order)
        assert tam.get(url("order", order.seller_orders.get())).status_code == 404

    def test_leaves_out_what_the_buyer_took_back_before_paying(self, tam):
        order = make_order((make_product(), 1))
        take_back(order.seller_orders.get(), actor=None, reason="")
        page = text(tam.get(HOME + "?xem=xong"))
        assert order.seller_orders.get().number not in page
        assert order.shipping_address.last_name not in page
        assert tam.get(url("order", order.seller_orders.get())).status_code == 404
        assert not Message.objects.filter(phone=anh_tam().phone).exists()

    @pytest.mark.parametrize("how", [AT_THE_DOOR, {}])
    def test_shows_what_the_buyer_took_back_once_it_was_asked_for(self, tam, how):
        order = make_order((make_product(), 1), **how)
        deliver_unpaid(order, payment_method="cash_on_delivery")
        take_back(order.seller_orders.get(), actor=None, reason="")
        assert order.seller_orders.get().number in text(tam.get(HOME + "?xem=xong"))

    def test_what_was_not_accepted_in_time_stays_to_be_seen(self, tam):
        order = make_order((make_product(), 1), **AT_THE_DOOR)
        order.expires_at = timezone.now() - datetime.timedelta(minutes=1)
        order.save(update_fields=["expires_at"])
        expire(order)
        assert order.seller_orders.get().number in text(tam.get(HOME + "?xem=xong"))

    def test_asks_the_database_as_often_for_many_orders_as_for_one(self, tam, django_assert_max_num_queries):
        make_paid_order((make_product(), 1))
        with django_assert_max_num_queries(10) as few:
            tam.get(HOME)
        for _ in range(5):
            make_paid_order((make_product(), 1), (make_product(), 2))
        with django_assert_max_num_queries(len(few.captured_queries)):
            tam.get(HOME)

    def test_pages_through_what_is_done(self, tam, monkeypatch):
        monkeypatch.setattr("farmers.workspace.order_list.PAGE", 2)
        numbers = []
        for _ in range(3):
            part = make_paid_order((make_product(), 1)).seller_orders.get()
            for step in (Status.PACKING, Status.HANDED_OVER, Status.DELIVERED):
                move(part, step)
            numbers.append(part.number)
        first = tam.get(HOME + "?xem=xong").context["orders"]
        rest = tam.get(HOME + f"?xem=xong&truoc={first.next}").context["orders"]
        assert [sheet.number for sheet in first.page] == numbers[:0:-1]
        assert [sheet.number for sheet in rest.page] == numbers[:1]
        assert rest.next is None


class TestOneOrder:
    def test_shows_own_lines_and_sums_only(self, tam, shared_order):
        page = text(tam.get(url("order", part_of(shared_order, anh_tam()))))
        assert "Hạt điều rang muối" in page
        assert "220.000 ₫" in page  # 2 × 95.000 and 30.000 for shipping
        for foreign in ("Tiêu đen", "140.000", "170.000", "390.000", "330.000", "HTX Đồng Phú"):
            assert foreign not in page

    def test_hides_the_buyers_phone_until_it_is_accepted(self, tam, shared_order):
        part = part_of(shared_order, anh_tam())
        before = text(tam.get(url("order", part)))
        tam.post(url("accept", part))
        after = text(tam.get(url("order", part)))
        assert "0912 000 001" not in before
        assert "+84912000001" not in before
        assert "09•• ••• 001" in before
        assert "tel:+84912000001" in after

    def test_says_what_the_carrier_collects(self, tam):
        paid = make_paid_order((make_product(price=95_000), 1)).seller_orders.get()
        unpaid = make_order((make_product(price=95_000), 1), **AT_THE_DOOR).seller_orders.get()
        assert tam.get(url("order", paid)).context["sheet"].to_collect == 0
        assert tam.get(url("order", unpaid)).context["sheet"].to_collect == 125_000

    @pytest.mark.parametrize("name", ["order", "accept", "hand_over", "deliver", "cancel", "packing_slip"])
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_does_not_exist_for_another_seller(self, tam, shared_order, name, method):
        foreign = part_of(shared_order, htx_dong_phu())
        assert getattr(tam, method)(url(name, foreign)).status_code == 404
        foreign.refresh_from_db()
        assert foreign.status == Status.NEW


class TestTheSteps:
    def test_from_accepting_to_delivered(self, tam):
        product = make_product(stock=10)
        part = make_paid_order((product, 2)).seller_orders.get()
        tam.post(url("accept", part))
        tam.post(url("hand_over", part), {"carrier": "Viettel Post", "tracking_number": "VTP 123"})
        tam.post(url("deliver", part))
        part.refresh_from_db()
        assert part.status == Status.DELIVERED
        assert (part.carrier, part.tracking_number) == ("Viettel Post", "VTP 123")
        assert stock_of(product).num_in_stock == 8
        actors = part.events.exclude(actor=None).values_list("status", "actor__full_name")
        assert list(actors) == [
            (step, "Điểu Tâm") for step in (Status.PACKING, Status.HANDED_OVER, Status.DELIVERED)
        ]

    def test_a_second_tap_says_what_is_so(self, tam):
        part = make_paid_order((make_product(), 1)).seller_orders.get()
        tam.post(url("accept", part))
        page = tam.post(url("accept", part), follow=True)
        assert page.redirect_chain[-1][0] == url("order", part)
        assert "Đang đóng gói" in text(page)
        assert part.events.filter(status=Status.PACKING).count() == 1

    def test_a_step_cannot_be_skipped(self, tam):
        part = make_paid_order((make_product(), 1)).seller_orders.get()
        tam.post(url("deliver", part))
        part.refresh_from_db()
        assert part.status == Status.NEW

    @pytest.mark.parametrize("name", ["accept", "hand_over", "deliver"])
    def test_only_a_post_takes_a_step(self, tam, name):
        part = make_paid_order((make_product(), 1)).seller_orders.get()
        assert tam.get(url(name, part)).url == url("order", part)
        part.refresh_from_db()
        assert part.status == Status.NEW

    def test_a_carriers_number_is_asked_for_and_the_choice_kept(self, tam):
        part = make_paid_order((make_product(), 1)).seller_orders.get()
        tam.post(url("accept", part))
        page = tam.post(url("hand_over", part), {"carrier": "J&T Express"})
        assert page.status_code == 200
        assert page.context["form"].errors.keys() == {"tracking_number"}
        assert page.context["form"]["carrier"].value() == "J&T Express"

    def test_a_coach_has_no_number(self, tam):
        part = make_paid_order((make_product(), 1)).seller_orders.get()
        tam.post(url("accept", part))
        tam.post(url("hand_over", part), {"carrier": "Xe khách, chành xe"})
        part.refresh_from_db()
        assert part.status == Status.HANDED_OVER

    def test_cancelling_tells_the_buyer_why_and_gives_the_packs_back(self, tam):
        product = make_product(stock=10)
        part = make_paid_order((product, 2)).seller_orders.get()
        assert tam.get(url("cancel", part)).status_code == 200
        tam.post(url("cancel", part), {"note": "Mưa làm hỏng lứa cuối."})
        part.refresh_from_db()
        assert (part.status, part.cancel_reason) == (Status.CANCELLED, "Mưa làm hỏng lứa cuối.")
        assert stock_of(product).net_stock_level == 10
        assert Message.objects.get(kind="parcel_cancelled").context["reason"] == "Mưa làm hỏng lứa cuối"

    def test_cancelling_needs_a_reason(self, tam):
        part = make_paid_order((make_product(), 1)).seller_orders.get()
        assert tam.post(url("cancel", part), {"note": ""}).status_code == 200
        part.refresh_from_db()
        assert part.status == Status.NEW


class TestPeople:
    def test_a_visitor_signs_in_first(self, client):
        assert client.get(HOME).url == "/tai-khoan/dang-nhap/?next=/ban-hang/"

    @pytest.mark.parametrize("who", [chi_lan, stranger])
    def test_whoever_sells_nothing_is_told_how_to_begin(self, client, who):
        client.force_login(who())
        page = client.get(HOME)
        assert page.status_code == 404
        assert "gian hàng" in text(page)

    def test_a_helper_packs_but_does_not_refuse(self, client):
        helper = make_user("+84912000077", "Con anh Tâm")
        PartnerMember.objects.create(partner=anh_tam(), user=helper, role=PartnerMember.Role.STAFF)
        client.force_login(helper)
        part = make_paid_order((make_product(), 1)).seller_orders.get()
        assert client.post(url("cancel", part), {"note": "Tôi không thích"}).status_code == 403
        client.post(url("accept", part))
        part.refresh_from_db()
        assert part.status == Status.PACKING
        assert url("cancel", part) not in text(client.get(url("order", part)))

    def test_one_person_can_switch_between_stalls(self, tam):
        second = make_partner("Vườn bên vợ", owner=anh_tam().members.get().user)
        part = make_paid_order((make_product(partner=second), 1)).seller_orders.get()
        assert tam.get(url("order", part)).status_code == 404
        tam.post(reverse("workspace:switch"), {"stall": second.code})
        assert tam.get(url("order", part)).status_code == 200

    def test_nobody_switches_to_a_foreign_stall(self, tam):
        assert tam.post(reverse("workspace:switch"), {"stall": htx_dong_phu().code}).status_code == 404

    def test_a_suspended_seller_still_finishes_orders(self, tam):
        part = make_paid_order((make_product(), 1)).seller_orders.get()
        Partner.objects.filter(pk=part.partner_id).update(status=Partner.Status.SUSPENDED)
        tam.post(url("accept", part))
        part.refresh_from_db()
        assert part.status == Status.PACKING

    def test_nothing_of_it_is_kept_in_a_cache(self, tam):
        assert "no-store" in tam.get(HOME)["Cache-Control"]


class TestNotTakenAtTheDoor:
    def parcel(self, **how):
        product = make_product(partner=anh_tam(), stock=3)
        parcel = make_order((product, 1), user=chi_lan(), **how).seller_orders.get()
        move(parcel, Status.PACKING)
        move(parcel, Status.HANDED_OVER)
        return parcel

    def test_it_ends_the_buyer_hears_and_the_packs_wait_to_be_counted(self, tam):
        parcel = self.parcel(**AT_THE_DOOR)
        address = reverse("workspace:refused", args=[parcel.number])
        assert address in tam.get(reverse("workspace:order", args=[parcel.number])).content.decode()
        page = tam.post(address, follow=True).content.decode()
        assert "cộng lại số gói" in page
        parcel.refresh_from_db()
        assert (parcel.status, parcel.order.status) == ("cancelled", "cancelled")
        assert Message.objects.filter(kind="parcel_refused").count() == 1
        stock = stock_of(parcel.lines.get().product)
        assert (stock.num_in_stock, stock.num_allocated) == (2, 0)

    def test_what_is_paid_or_has_arrived_cannot_be_refused(self, tam):
        paid, arrived = self.parcel(**AT_THE_DOOR), self.parcel(**AT_THE_DOOR)
        type(paid.order).objects.filter(pk=paid.order_id).update(paid_at=timezone.now())
        move(arrived, Status.DELIVERED)
        for parcel in (paid, arrived):
            page = tam.post(reverse("workspace:refused", args=[parcel.number]), follow=True)
            assert "Chưa thay đổi gì" in page.content.decode()
        assert set(SellerOrder.objects.values_list("status", flat=True)) == {"handed_over", "delivered"}

    def test_one_that_is_on_its_way_cannot_be_cancelled_otherwise(self, tam):
        parcel = self.parcel(**AT_THE_DOOR)
        tam.post(reverse("workspace:cancel", args=[parcel.number]), {"note": "Hết hàng mất rồi"})
        parcel.refresh_from_db()
        assert parcel.status == "handed_over"
