"""PostgreSQL keeps the books honest, whoever writes to them and however.

At commit an entry has lines and they sum to 0, but for a memorandum, which has none; only the transaction that wrote an entry adds lines to it; entries
and lines are never updated, deleted or truncated, not even by the tables' owner. Nor are accounts, but for a debt's
beginning and end.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION ledger_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    checked bigint;
    lines bigint;
    total numeric;
    moves_nothing boolean;
BEGIN
    IF TG_TABLE_NAME = 'ledger_entry' THEN
        checked := NEW.id;
    ELSE
        checked := NEW.entry_id;
    END IF;
    SELECT count(*), coalesce(sum(amount), 0) INTO lines, total FROM ledger_line WHERE entry_id = checked;
    SELECT kind = 'memorandum' INTO moves_nothing FROM ledger_entry WHERE id = checked;
    IF (lines = 0) <> moves_nothing OR total <> 0 THEN
        RAISE EXCEPTION 'entry %: % lines that sum to %', checked, lines, total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_balances';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_entry_balances AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_balances();
CREATE CONSTRAINT TRIGGER ledger_entry_balances AFTER INSERT ON ledger_line
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_balances();

CREATE FUNCTION ledger_entry_is_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'ledger_entry' THEN
        NEW.written_in := txid_current();
    ELSIF (SELECT written_in FROM ledger_entry WHERE id = NEW.entry_id) <> txid_current() THEN
        RAISE EXCEPTION 'entry % was written before: lines are not added to it', NEW.entry_id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_entry_is_closed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_entry_is_closed BEFORE INSERT ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_entry_is_closed();
CREATE TRIGGER ledger_entry_is_closed BEFORE INSERT ON ledger_line
    FOR EACH ROW EXECUTE FUNCTION ledger_entry_is_closed();

CREATE FUNCTION ledger_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the books are put right by a reversing entry', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_is_immutable';
END $$;
CREATE TRIGGER ledger_is_immutable BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_is_immutable();
CREATE TRIGGER ledger_is_immutable BEFORE UPDATE OR DELETE ON ledger_line
    FOR EACH ROW EXECUTE FUNCTION ledger_is_immutable();
CREATE TRIGGER ledger_has_no_truncate BEFORE TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_immutable();
CREATE TRIGGER ledger_has_no_truncate BEFORE TRUNCATE ON ledger_line
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_immutable();

CREATE FUNCTION ledger_account_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: its lines would become another''s', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_account_stays';
END $$;
CREATE TRIGGER ledger_account_stays BEFORE UPDATE ON ledger_account FOR EACH ROW
    WHEN (to_jsonb(NEW) - 'debt_since' IS DISTINCT FROM to_jsonb(OLD) - 'debt_since')
    EXECUTE FUNCTION ledger_account_stays();
CREATE TRIGGER ledger_account_is_kept BEFORE DELETE ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_account_stays();
CREATE TRIGGER ledger_has_no_truncate BEFORE TRUNCATE ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_account_stays();
"""

DROP = """
DROP TRIGGER ledger_has_no_truncate ON ledger_account;
DROP TRIGGER ledger_account_is_kept ON ledger_account;
DROP TRIGGER ledger_account_stays ON ledger_account;
DROP TRIGGER ledger_has_no_truncate ON ledger_line;
DROP TRIGGER ledger_has_no_truncate ON ledger_entry;
DROP TRIGGER ledger_is_immutable ON ledger_line;
DROP TRIGGER ledger_is_immutable ON ledger_entry;
DROP TRIGGER ledger_entry_is_closed ON ledger_line;
DROP TRIGGER ledger_entry_is_closed ON ledger_entry;
DROP TRIGGER ledger_entry_balances ON ledger_line;
DROP TRIGGER ledger_entry_balances ON ledger_entry;
DROP FUNCTION ledger_account_stays();
DROP FUNCTION ledger_is_immutable();
DROP FUNCTION ledger_entry_is_closed();
DROP FUNCTION ledger_entry_balances();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, DROP)]
