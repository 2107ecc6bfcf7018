-- Transactions that changed what boards are made of. A process that keeps a board beside the snapshot it was read in asks whether there is one here that
-- the snapshot does not hold. Kept for an hour, much longer than any board.
CREATE TABLE board_changes (
    xid        xid8 PRIMARY KEY,
    created_at timestamptz NOT NULL
);
CREATE INDEX ix_board_changes_created_at ON board_changes (created_at);

CREATE FUNCTION note_board_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO board_changes (xid, created_at) VALUES (pg_current_xact_id(), clock_timestamp()) ON CONFLICT DO NOTHING;
    -- Skipping what another transaction is about to delete: nobody waits for anybody here.
    DELETE FROM board_changes WHERE xid IN (
        SELECT xid FROM board_changes WHERE created_at < clock_timestamp() - interval '1 hour' LIMIT 100 FOR UPDATE SKIP LOCKED);
    RETURN NULL;
END $$;

CREATE TRIGGER board_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON evaluations FOR EACH STATEMENT EXECUTE FUNCTION note_board_change();
CREATE TRIGGER board_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON tasks FOR EACH STATEMENT EXECUTE FUNCTION note_board_change();
CREATE TRIGGER board_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON schedule_checks FOR EACH STATEMENT EXECUTE FUNCTION note_board_change();
