-- Everything the service knows. Rows own the truth; Quartz (schema quartz) only owns who runs what, when.
-- Documents that must come back byte for byte are json, not jsonb: jsonb reorders members and refuses \u0000.

CREATE SEQUENCE fences;

-- A version of a task file. `current` marks the version that a name stands for now.
CREATE TABLE tasks (
    sha256       text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    name         text NOT NULL,
    category     text,
    source       text NOT NULL,
    origin       text,
    kernelbench  text,
    difficulty   text,
    ranked       boolean,
    reason       text,
    presets      text[] NOT NULL DEFAULT '{}',
    current      boolean NOT NULL DEFAULT true,
    created_at   timestamptz NOT NULL
);
CREATE UNIQUE INDEX ix_tasks_name_current ON tasks (name) WHERE current;

-- A solution's text by its hash: written once, never changed.
CREATE TABLE solutions (
    sha256     text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    code       text NOT NULL,
    created_at timestamptz NOT NULL
);

-- Where and with what figures were made; boards never mix environments. id is a hash of the other columns.
CREATE TABLE environments (
    id                 text PRIMARY KEY,
    platform           text NOT NULL,
    device             text NOT NULL,
    architecture       text NOT NULL,
    compiler           text,
    torch              text,
    driver             text,
    kernelforge        text NOT NULL,
    evaluation_version text NOT NULL,
    profile_sha256     text
);

CREATE TABLE schedules (
    id         uuid PRIMARY KEY,
    name       text NOT NULL,
    cron       text NOT NULL,
    filter     json NOT NULL,
    tolerance  double precision NOT NULL CHECK (tolerance >= 0 AND tolerance < 1),
    created_at timestamptz NOT NULL,
    deleted_at timestamptz
);
CREATE UNIQUE INDEX ix_schedules_name ON schedules (name) WHERE deleted_at IS NULL;

-- One solution to judge, once. origin: api, verification (a second evaluation under fresh seeds), schedule.
CREATE TABLE submissions (
    id              uuid PRIMARY KEY,
    task_sha256     text NOT NULL REFERENCES tasks,
    solution_sha256 text NOT NULL REFERENCES solutions,
    platform        text NOT NULL,
    device          text,
    preset          text,
    origin          text NOT NULL CHECK (origin IN ('api', 'verification', 'schedule')),
    model           text,
    strategy        text,
    state           text NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    failure         text,
    created_at      timestamptz NOT NULL,
    started_at      timestamptz,
    finished_at     timestamptz
);
CREATE INDEX ix_submissions_created_at ON submissions (created_at, id);
CREATE INDEX ix_submissions_solution_sha256 ON submissions (solution_sha256);

-- A search by agents.
CREATE TABLE runs (
    id               uuid PRIMARY KEY,
    task_sha256      text NOT NULL REFERENCES tasks,
    strategy         text NOT NULL,
    coder            text NOT NULL,
    judge            text NOT NULL,
    rounds           integer NOT NULL CHECK (rounds BETWEEN 1 AND 1000),
    budget_usd       numeric,
    target_speedup   double precision,
    platform         text NOT NULL,
    device           text,
    state            text NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    stop_reason      text,
    stop_message     text,
    failure          text,
    best_round       integer,
    calls            integer NOT NULL DEFAULT 0,
    input_tokens     bigint NOT NULL DEFAULT 0,
    output_tokens    bigint NOT NULL DEFAULT 0,
    reasoning_tokens bigint NOT NULL DEFAULT 0,
    cost_usd         numeric,
    created_at       timestamptz NOT NULL,
    started_at       timestamptz,
    finished_at      timestamptz
);
CREATE INDEX ix_runs_created_at ON runs (created_at, id);
CREATE INDEX ix_runs_task_sha256_created_at ON runs (task_sha256, created_at, id);

-- One verdict. ranked is the outcome's own word; what stands on a board is the view `rankable`.
CREATE TABLE evaluations (
    id                       uuid PRIMARY KEY,
    task_sha256              text NOT NULL REFERENCES tasks,
    solution_sha256          text NOT NULL REFERENCES solutions,
    submission_id            uuid REFERENCES submissions,
    run_id                   uuid REFERENCES runs,
    round                    integer,
    environment_id           text NOT NULL REFERENCES environments,
    origin                   text NOT NULL CHECK (origin IN ('api', 'run', 'verification', 'schedule')),
    model                    text,
    strategy                 text,
    status                   text NOT NULL,
    ranked                   boolean NOT NULL,
    fresh_seeds              boolean NOT NULL,
    kind                     text,
    precision                text,
    uses_library             boolean NOT NULL DEFAULT false,
    prepared                 boolean NOT NULL DEFAULT false,
    fast_math                boolean NOT NULL DEFAULT false,
    latency_ms               double precision,
    baseline                 text,
    speedup_factor           double precision,
    speed_of_light_ms        double precision,
    speed_of_light_fraction  double precision,
    outcome                  json NOT NULL,
    created_at               timestamptz NOT NULL
);
CREATE UNIQUE INDEX ix_evaluations_submission_id ON evaluations (submission_id);
CREATE UNIQUE INDEX ix_evaluations_run_id_round ON evaluations (run_id, round);
CREATE INDEX ix_evaluations_task_sha256_solution_sha256 ON evaluations (task_sha256, solution_sha256);
CREATE INDEX ix_evaluations_solution_sha256 ON evaluations (solution_sha256);
-- What boards are made of: those that could rank, and the second evaluations that let them.
CREATE INDEX ix_evaluations_first ON evaluations (task_sha256, solution_sha256) WHERE status = 'passed' AND ranked AND latency_ms IS NOT NULL AND origin IN ('api', 'run');
CREATE INDEX ix_evaluations_second ON evaluations (task_sha256, solution_sha256, environment_id, created_at) WHERE fresh_seeds AND status = 'passed' AND ranked AND latency_ms IS NOT NULL;

-- Metrics of an evaluation by Nsight Compute's names; kernel '' is the whole plan.
CREATE TABLE figures (
    evaluation_id uuid NOT NULL REFERENCES evaluations ON DELETE CASCADE,
    kernel        text NOT NULL,
    name          text NOT NULL,
    value         double precision NOT NULL,
    PRIMARY KEY (evaluation_id, kernel, name)
);

-- What a task costs without us, by name and environment.
CREATE TABLE baselines (
    task_sha256    text NOT NULL REFERENCES tasks,
    environment_id text NOT NULL REFERENCES environments,
    name           text NOT NULL,
    latency_ms     double precision NOT NULL,
    created_at     timestamptz NOT NULL,
    PRIMARY KEY (task_sha256, environment_id, name)
);

-- One finished round of a run, written once. record is the AttemptRecord whole.
CREATE TABLE rounds (
    run_id          uuid NOT NULL REFERENCES runs,
    round           integer NOT NULL,
    mode            text NOT NULL,
    parent          integer,
    kind            text NOT NULL CHECK (kind IN ('live', 'replay', 'simulated')),
    model           text NOT NULL,
    solution_sha256 text REFERENCES solutions,
    evaluation_id   uuid REFERENCES evaluations,
    status          text NOT NULL,
    gain            double precision,
    record          json NOT NULL,
    finished_at     timestamptz NOT NULL,
    PRIMARY KEY (run_id, round)
);
CREATE INDEX ix_rounds_solution_sha256 ON rounds (solution_sha256);

-- An answer that was paid for, kept before anyone uses it. ordinal counts calls of one purpose (a Judge that is asked again).
CREATE TABLE model_calls (
    id         bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    run_id     uuid NOT NULL REFERENCES runs,
    role       text NOT NULL,
    round      integer NOT NULL,
    mode       text NOT NULL,
    ordinal    integer NOT NULL,
    model      text NOT NULL,
    entry      json NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX ix_model_calls_run_id_role_round_mode_ordinal ON model_calls (run_id, role, round, mode, ordinal);

-- A unit of work: an evaluation of a submission, or one round of a run. Whoever runs it holds the latest fence; every write checks it.
CREATE TABLE steps (
    id              uuid PRIMARY KEY,
    kind            text NOT NULL CHECK (kind IN ('evaluation', 'round', 'noop')),
    owner_id        uuid NOT NULL,
    number          integer NOT NULL,
    execution_group text NOT NULL,
    priority        integer NOT NULL,
    state           text NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    fence           bigint NOT NULL DEFAULT 0,
    tries           integer NOT NULL DEFAULT 0,
    not_before      timestamptz NOT NULL,
    worker          text,
    failure         text,
    created_at      timestamptz NOT NULL,
    started_at      timestamptz,
    finished_at     timestamptz
);
CREATE UNIQUE INDEX ix_steps_owner_id_number ON steps (owner_id, number);
CREATE INDEX ix_steps_open ON steps (priority DESC, created_at) WHERE state IN ('queued', 'running');

-- What happened to a submission or run, in order: server-sent events resume after an id.
CREATE TABLE events (
    id         bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    stream_id  uuid NOT NULL,
    type       text NOT NULL,
    body       json NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX ix_events_stream_id_id ON events (stream_id, id);

-- What was answered to a request with an Idempotency-Key.
CREATE TABLE idempotency_keys (
    key         text NOT NULL,
    operation   text NOT NULL,
    body_sha256 text NOT NULL,
    resource_id uuid NOT NULL,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (key, operation)
);

CREATE TABLE datasets (
    id          uuid PRIMARY KEY,
    recipe      text NOT NULL,
    format      text NOT NULL,
    parameters  json NOT NULL,
    state       text NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    folder      text NOT NULL,
    manifest    json,
    failure     text,
    created_at  timestamptz NOT NULL,
    finished_at timestamptz
);

-- A winner re-evaluated by a schedule: the old figure beside the new one. History is kept; ranks are never changed by it.
CREATE TABLE schedule_checks (
    id                uuid PRIMARY KEY,
    schedule_id       uuid NOT NULL REFERENCES schedules,
    batch_id          uuid NOT NULL,
    submission_id     uuid NOT NULL REFERENCES submissions,
    old_evaluation_id uuid NOT NULL REFERENCES evaluations,
    old_latency_ms    double precision NOT NULL,
    new_latency_ms    double precision,
    verdict           text NOT NULL CHECK (verdict IN ('pending', 'same', 'faster', 'slower', 'broken', 'failed')),
    message           text,
    created_at        timestamptz NOT NULL,
    finished_at       timestamptz
);
CREATE INDEX ix_schedule_checks_schedule_id_created_at ON schedule_checks (schedule_id, created_at);
CREATE UNIQUE INDEX ix_schedule_checks_submission_id ON schedule_checks (submission_id);

-- Who may call from beyond this machine. Only a hash of the key is kept.
CREATE TABLE api_keys (
    id         uuid PRIMARY KEY,
    name       text NOT NULL,
    sha256     text NOT NULL,
    scopes     text[] NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE UNIQUE INDEX ix_api_keys_sha256 ON api_keys (sha256);

CREATE TABLE workers (
    name       text PRIMARY KEY,
    host       text NOT NULL,
    pid        integer NOT NULL,
    platforms  text[] NOT NULL,
    slots      integer NOT NULL,
    version    text NOT NULL,
    started_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL
);

-- The rule of what ranks (design §7), written once. An evaluation stands on the board of its task's version when
--   it passed with a time at full, and nothing unranked it (its own word, and the task's audit);
--   it is no verification itself;
--   a second evaluation of the same solution and task in the same environment passed too, in a fresh process with new secret seeds.
-- verified_at is the latest such second evaluation. Where one solution was judged several times in a class, its first evaluation stands:
-- a board's figure never changes by being looked at again.
CREATE VIEW standing AS
SELECT DISTINCT ON (e.task_sha256, t.current, e.solution_sha256, e.environment_id, e.kind, e.precision, e.uses_library, e.prepared)
    e.id AS evaluation_id, e.task_sha256, t.name AS task, t.category, e.solution_sha256, e.run_id, e.round, e.submission_id, e.model, e.strategy,
    e.environment_id, n.platform, n.device, n.evaluation_version, e.kind, e.precision, e.uses_library, e.prepared, e.fast_math,
    e.latency_ms, e.baseline, e.speedup_factor, e.speed_of_light_ms, e.speed_of_light_fraction, e.created_at, v.verified_at,
    t.current
FROM evaluations e
JOIN tasks t ON t.sha256 = e.task_sha256 AND t.ranked IS DISTINCT FROM false
JOIN environments n ON n.id = e.environment_id
JOIN (
    SELECT task_sha256, solution_sha256, environment_id, max(created_at) AS verified_at
    FROM evaluations
    WHERE fresh_seeds AND status = 'passed' AND ranked AND latency_ms IS NOT NULL
    GROUP BY task_sha256, solution_sha256, environment_id
) v ON v.task_sha256 = e.task_sha256 AND v.solution_sha256 = e.solution_sha256 AND v.environment_id = e.environment_id
WHERE e.status = 'passed' AND e.ranked AND e.latency_ms IS NOT NULL AND e.origin IN ('api', 'run') AND NOT e.fresh_seeds
ORDER BY e.task_sha256, t.current, e.solution_sha256, e.environment_id, e.kind, e.precision, e.uses_library, e.prepared, e.created_at;

-- What boards show: only a task's current version has one. Schedules look at `standing`, to notice winners whose task has changed under them.
CREATE VIEW rankable AS
SELECT evaluation_id, task_sha256, task, category, solution_sha256, run_id, round, submission_id, model, strategy, environment_id, platform, device, evaluation_version, kind,
    precision, uses_library, prepared, fast_math, latency_ms, baseline, speedup_factor, speed_of_light_ms, speed_of_light_fraction, created_at, verified_at
FROM standing
WHERE current;
