"""PostgreSQL refuses, at commit, an order whose parts do not add up to it, to the đồng.

Deferred, because order, seller orders and lines are written one after the other.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION order_totals_agree() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    checked bigint;
BEGIN
    IF TG_TABLE_NAME = 'order_order' THEN
        checked := NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        checked := OLD.order_id;
    ELSE
        checked := NEW.order_id;
    END IF;
    IF EXISTS (
        SELECT 1 FROM order_order AS o
        WHERE o.id = checked AND (o.total_incl_tax, o.shipping_incl_tax) <> (
            SELECT coalesce(sum(s.total), 0), coalesce(sum(s.shipping_total), 0)
            FROM order_sellerorder AS s WHERE s.order_id = o.id
        )
    ) THEN
        RAISE EXCEPTION 'order %: its seller orders do not add up to it', checked
            USING ERRCODE = 'check_violation', CONSTRAINT = 'seller_orders_add_up_to_order';
    END IF;
    IF EXISTS (
        SELECT 1 FROM order_sellerorder AS s
        WHERE s.order_id = checked AND s.goods_total <> (
            SELECT coalesce(sum(l.line_price_incl_tax), 0) FROM order_line AS l WHERE l.seller_order_id = s.id
        )
    ) THEN
        RAISE EXCEPTION 'order %: the lines of a seller order do not add up to it', checked
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lines_add_up_to_seller_order';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER order_totals_agree
    AFTER INSERT OR UPDATE OF total_incl_tax, shipping_incl_tax ON order_order
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION order_totals_agree();
CREATE CONSTRAINT TRIGGER order_totals_agree
    AFTER INSERT OR DELETE OR UPDATE OF order_id, goods_total, shipping_total, total ON order_sellerorder
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION order_totals_agree();
CREATE CONSTRAINT TRIGGER order_totals_agree
    AFTER INSERT OR DELETE OR UPDATE OF order_id, seller_order_id, line_price_incl_tax ON order_line
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION order_totals_agree();
"""

DROP = """
DROP TRIGGER order_totals_agree ON order_line;
DROP TRIGGER order_totals_agree ON order_sellerorder;
DROP TRIGGER order_totals_agree ON order_order;
DROP FUNCTION order_totals_agree();
"""


class Migration(migrations.Migration):
    dependencies = [("order", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, DROP)]
