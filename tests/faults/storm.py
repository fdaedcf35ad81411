"""People ask for work without a pause while parts are killed; then the same list is worked off in calm."""

import contextlib
import random
import threading
import time
import traceback
from collections import Counter
from urllib.parse import quote

import psycopg2

from tests.faults import verdict
from tests.faults.economy import SPLIT, Economy
from tests.faults.kills import BRISK_SECONDS, HELD_SECONDS, Kill, Killing
from tests.faults.people import Asking, Person, Unanswered, looks_calm, plan
from tests.faults.stack import Stack

TARGETS = ("postgresql", "worker", "child", "redis", "web")
AIMS = ("delivery", "score", "digest", "export", "register")  # kinds of work in whose midst a kill comes, in turn
AWAY_SECONDS = 60  # in which everything is to be back at work
UNDERWAY = 6  # jobs that are asked for at a time: more than the four that are worked on
END_SECONDS = 300  # for the rest of the work after the last kill
LEASE = 15.0  # seconds, of casework.jobs; this process is not the portal and has no Django

_MOVES = """
CREATE TABLE faults_moves (at double precision, job bigint, kind text, state text, attempts int);
CREATE FUNCTION faults_note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO faults_moves
    VALUES (extract(epoch FROM clock_timestamp()), NEW.id, NEW.kind, NEW.state, NEW.attempts);
    RETURN NULL;
END $$;
CREATE TRIGGER faults_note AFTER INSERT OR UPDATE OF state, attempts ON casework_job
    FOR EACH ROW EXECUTE FUNCTION faults_note();
"""


def run(home, *, kills, seed, size, rows, brisk=False, tell=print):
    """Everything once, in the folder `home`, which is emptied. What was seen, with `violations`: [sentence].

    kills: of each target; size: enterprises in the base; rows: of a file handed in; `brisk`: one target after the other
    and in quick succession, as a share of the tests.
    """
    stack = Stack(home)
    economy = Economy(size, rows=rows)
    with stack.servers():
        tell(f"底数：{size:,} 户")
        economy.base_run = stack.build(list(economy.write_base(stack.home / "files")), SPLIT)
        storm = Storm(stack, economy, kills=kills, seed=seed, brisk=brisk, tell=tell)
        with stack.running("storm"):
            storm.rage()
            found = storm.told()
            raged = storm.digest("storm", storm.asking.people)
        tell(f"同样的 {len(storm.items)} 项工作，不受打扰再做一遍")
        stack.drop("storm")
        with stack.running("calm"):
            calm = storm.again()
        stack.drop("calm")
    found["violations"] += [f"not as in calm: {where}" for where in verdict.differences(raged, calm)]
    return found


class Storm:
    def __init__(self, stack, economy, *, kills, seed, brisk, tell):
        self.stack, self.economy, self.seed, self.tell = stack, economy, seed, tell
        self.rng = random.Random(f"{seed}:kills")
        self.order = [target for target in TARGETS for _ in range(kills)]
        if not brisk:
            self.rng.shuffle(self.order)
        self.brisk = brisk
        self.pause, self.held = (0.2, BRISK_SECONDS) if brisk else (3.0, HELD_SECONDS)
        self.kills, self.items, self.violations = [], [], []
        self.again_by_hand = 0
        self.seen = []  # (moment, what a visitor was answered: a status, or 0 for nothing)
        self.answered_503 = self.log_ins = 0
        self.over = threading.Event()
        self._connections = threading.local()

    # ── The storm ──────────────────────────────────────────────────────────────────────────────

    def rage(self):
        self.database = "storm"
        with contextlib.closing(self.stack.connect("storm")) as connection, connection.cursor() as cursor:
            cursor.execute(_MOVES)
        self.asking = Asking(self.stack, self.economy, self.value)
        deeds = (self._ask_without_a_pause, self._visit, self._log_in_now_and_then)
        threads = [threading.Thread(target=self._until_over, args=(deed,), daemon=True) for deed in deeds]
        for thread in threads:
            thread.start()
        self.began = time.time()
        try:
            for number, target in enumerate(self.order):
                self._kill(number, target, AIMS[number % len(AIMS)])
                self.tell(self._line(self.kills[-1]))
                if self.violations:
                    break
            self.stormed = time.time() - self.began
        finally:
            self.over.set()
            for thread in threads:
                thread.join()
        self._await_the_rest()
        self._time_the_recovery()
        self.asked_again = sum(item.unanswered for item in self.items)

    def _until_over(self, deed):
        try:
            while not self.over.is_set():
                deed()
        except Exception as error:  # whatever it is, it is a violation
            self._blame(f"{deed.__name__}: {type(error).__name__}: {error}"[:3000])
            self.tell(traceback.format_exc())

    def _blame(self, sentence):
        """Told at once as well: a storm is long, and its end may never come."""
        self.violations.append(sentence)
        self.tell(f"违背：{sentence}")

    def _kill(self, number, target, aim):
        self._await_web()
        self._await_aim(aim)
        killing = Killing(self.stack, self.rng, self.held)
        kill = Kill(number, target, "", at=time.time(), running=len(self._leases(patient=False)))
        if target in {"redis", "postgresql"}:
            kill.part, kill.held = getattr(killing, target)(lambda seconds: self._look_while_away(kill, seconds))
        else:
            kill.part = getattr(killing, target)()
        dead = {attempt for earlier in self.kills for attempt in earlier.interrupted}
        self.kills.append(kill)
        # Hearts beat every half second: a lease that was not prolonged since is that of the dead.
        time.sleep(1.7)
        kill.interrupted = [
            (job, attempts)
            for job, attempts, state, until, began in self._leases()
            if began < kill.at
            and (job, attempts) not in dead
            and (state == "waiting" or until < kill.at + kill.held + LEASE + 0.6)
        ]
        if not self.brisk:
            self._await_recovery(kill)
        time.sleep(self.rng.uniform(0, self.pause))

    def _await_recovery(self, kill):
        """Until what died of it was taken up again: the next kill is not to be in the time of this one."""
        until = time.monotonic() + AWAY_SECONDS
        waiting = set(kill.interrupted)
        while waiting and time.monotonic() < until:
            time.sleep(0.2)
            waiting &= {(job, attempts) for job, attempts, *_ in self._leases()}

    def _await_web(self):
        """Until a visitor was answered after the last kill: a second one then finds the web server at its work."""
        before, until = len(self.seen), time.monotonic() + AWAY_SECONDS
        while not any(status == 200 for _, status in self.seen[before:]) and time.monotonic() < until:
            time.sleep(0.05)

    def _await_aim(self, aim):
        """Until a job of this kind is being worked on, and then a random moment more."""
        kind = "delivery" if aim == "register" else aim
        until = time.monotonic() + 15
        while time.monotonic() < until:
            if self.rows("SELECT 1 FROM casework_job WHERE state = 'running' AND kind = %s LIMIT 1", kind):
                break
            time.sleep(0.02)
        typical = self.value(
            "SELECT coalesce(avg(extract(epoch FROM finished_at - started_at)), 1) FROM casework_job"
            " WHERE state = 'done' AND kind = %s", kind
        )  # fmt: skip
        time.sleep(self.rng.uniform(0, 0.7 * min(3.0, float(typical))))

    def _look_while_away(self, kill, seconds):
        """What a person meets who comes while PostgreSQL or Redis is away."""
        if seconds < 1:
            return
        try:
            answer = Person(self.stack, "officer").log_in()
        except Unanswered:
            self._blame(f"{kill.target} away: the web server did not answer")
            return
        kill.log_in = answer.status
        if kill.target == "redis" and answer.status != 302:
            self._blame(f"redis away: a log-in was answered {answer.status}")

    def _line(self, kill):
        return (
            f"{kill.number + 1:3}/{len(self.order)}  {kill.target:10} {kill.part:14} 在办 {kill.running}"
            f" 打断 {len(kill.interrupted)}" + (f" 离线 {kill.held:.1f} 秒" if kill.held else "")
        )

    def _leases(self, patient=True):
        return self.rows(
            "SELECT id, attempts, state, extract(epoch FROM leased_until)::float, extract(epoch FROM started_at)::float"
            " FROM casework_job WHERE state = 'running' OR (state = 'waiting' AND attempts > 0)", patient=patient
        )  # fmt: skip

    # ── The people ─────────────────────────────────────────────────────────────────────────────

    def _ask_without_a_pause(self):
        self._coming = getattr(self, "_coming", None) or plan(self.seed)
        item = getattr(self, "_item", None) or next(self._coming)
        if self.asking.hand_in(item):
            self.items.append(item)
            self._item = None
        else:
            self._item = item
            time.sleep(0.2)
        while not self.over.is_set() and self._underway() >= UNDERWAY:
            time.sleep(0.05)

    def _underway(self):
        return self.value("SELECT count(*) FROM casework_job WHERE state IN ('waiting', 'running')")

    def _visit(self):
        """A person who turns pages all the time."""
        if not hasattr(self, "_visitor"):
            self._visitor = Person(self.stack, "office")
        path = self._paths[len(self.seen) % len(self._paths)]
        try:
            if not self._visitor.is_in():
                self._visitor.log_in()
            answer = self._visitor.get(path)
            self.seen.append((time.time(), answer.status))
            if answer.status == 503:
                self.answered_503 += 1
                if not looks_calm(answer):
                    self._blame(f"{path}: a 503 without Retry-After or a sentence: {answer.body[:300]}")
            elif answer.status != 200:
                self._blame(f"{path} was answered {answer.status}")
        except Unanswered:
            self.seen.append((time.time(), 0))
        time.sleep(0.1)

    _paths = ("/enterprises/", "/risks/", f"/enterprises/?q={quote('威海')}", "/api/enterprises/", "/enterprises/1/")

    def _log_in_now_and_then(self):
        with contextlib.suppress(Unanswered):
            answer = Person(self.stack, "steward").log_in()
            self.log_ins += answer.status == 302
            if answer.status not in {302, 503} or (answer.status == 503 and not looks_calm(answer)):
                self._blame(f"a log-in was answered {answer.status}")
        self.over.wait(6)

    # ── After the storm ────────────────────────────────────────────────────────────────────────

    def _await_the_rest(self):
        """All that was accepted is done. What failed visibly is tried again by its button, as a person would."""
        self.stack.await_web()
        item = getattr(self, "_item", None)
        while item and not self.asking.hand_in(item):
            time.sleep(0.2)
        if item:
            self.items.append(item)
        until = time.monotonic() + END_SECONDS
        while not self.stack.ring("casework.send_digests"):  # as in a quarter of an hour
            time.sleep(0.2)
        time.sleep(2)
        while self._underway() and time.monotonic() < until:
            time.sleep(0.2)
        for job, asked_by in self.rows(
            "SELECT job.id, username FROM casework_job job JOIN accounts_user person ON person.id = asked_by_id"
            " WHERE state = 'failed'"
        ):
            person = self.asking.people[asked_by]
            person.log_in()
            person.post(f"/jobs/{job}/retry/")
            self.again_by_hand += 1
        while self._underway() and time.monotonic() < until:
            time.sleep(0.2)
        self.calmed = time.time()

    def _time_the_recovery(self):
        moves = self.rows("SELECT at, job, state, attempts FROM faults_moves ORDER BY at")
        taken, done, began = {}, {}, {}
        for at, job, state, attempts in moves:
            if state == "running":
                taken.setdefault((job, attempts), at)
            elif state == "done":
                done[job, attempts] = at
        began = sorted((taken[key], at) for key, at in done.items() if key in taken)
        for number, kill in enumerate(self.kills):
            # One whose heart only beat late, on a busy machine, came to its end in the same attempt.
            kill.interrupted = [attempt for attempt in kill.interrupted if attempt not in done]
            again = [taken.get((job, attempts + 1)) for job, attempts in kill.interrupted]
            kill.jobs_back = max((at - kill.at if at else AWAY_SECONDS * 9 for at in again), default=0.0)
            kill.work_back = min((end - kill.at for start, end in began if start > kill.at), default=AWAY_SECONDS * 9)
            following = self.kills[number + 1].at if number + 1 < len(self.kills) else self.calmed
            missed = [at for at, status in self.seen if kill.at < at < following and status != 200]
            kill.web_back = max((at - kill.at for at in missed), default=0.0)
            if kill.back > AWAY_SECONDS:
                self._blame(f"kill {number + 1} ({kill.target}, {kill.part}): back after {kill.back:.0f} s")

    def told(self):
        with contextlib.closing(self.stack.connect("storm")) as connection, connection.cursor() as cursor:
            for sentence, rows in verdict.broken(cursor):
                self._blame(f"{sentence}: {rows}")
            cursor.execute("SELECT kind, count(*), count(*) FILTER (WHERE attempts > 1), max(attempts)"
                           " FROM casework_job GROUP BY 1 ORDER BY 1")  # fmt: skip
            jobs = {kind: {"jobs": jobs, "again": again, "most attempts": most} for kind, jobs, again, most in cursor}
        letters = Counter(address for address, _ in self.stack.post.letters)
        if twice := [address for address, number in letters.items() if number > 1]:
            self._blame(f"people who got two letters of a day: {twice}")
        lost = self.value("SELECT count(*) FROM casework_digest") - len(letters)
        if lost > jobs.get("digest", {}).get("again", 0):
            self._blame(f"{lost} letters were lost")
        arrived = Counter(item.kind for item in self.items)
        return {
            "seed": self.seed,
            "enterprises": self.economy.size,
            "storm_seconds": round(self.stormed),
            "accepted": dict(sorted(arrived.items())),
            "asked_again": self.asked_again,
            "jobs": jobs,
            "tried_again_by_hand": self.again_by_hand,
            "letters": len(letters),
            "letters_lost": lost,
            "pages": len(self.seen),
            "pages_503": self.answered_503,
            "log_ins": self.log_ins,
            "kills": [kill.told() for kill in self.kills],
            "violations": self.violations,
        }

    def again(self):
        """The same list, in its order, undisturbed; its digest."""
        self.database = "calm"
        with contextlib.closing(self.stack.connect("calm")) as connection, connection.cursor() as cursor:
            cursor.execute(_MOVES)
        asking = Asking(self.stack, self.economy, self.value)
        for item in self.items:
            item.row, item.before, item.unanswered = None, None, 0
            if not asking.hand_in(item):
                raise RuntimeError(f"{item.kind} {item.number} was not taken in calm")
            while self._underway() >= UNDERWAY:
                time.sleep(0.02)
        until = time.monotonic() + END_SECONDS
        self.stack.ring("casework.send_digests")
        time.sleep(2)
        while self._underway() and time.monotonic() < until:
            time.sleep(0.1)
        return self.digest("calm", asking.people)

    def digest(self, database, people):
        with contextlib.closing(self.stack.connect(database)) as connection, connection.cursor() as cursor:
            return verdict.Digest(cursor, self.items, people, self.economy.base_run, self.economy.size).of_all()

    # ── Looking into the database ──────────────────────────────────────────────────────────────

    def rows(self, query, *values, patient=True):
        """The rows, waiting for PostgreSQL where it is away; past the portal, as a superuser."""
        until = time.monotonic() + AWAY_SECONDS
        while True:
            try:
                mine = self._connections.__dict__
                if mine.get("database") != self.database:
                    mine["connection"], mine["database"] = self.stack.connect(self.database), self.database
                with mine["connection"].cursor() as cursor:
                    cursor.execute(query, values)
                    return cursor.fetchall()
            except psycopg2.Error as error:
                self._connections.__dict__.clear()
                if isinstance(error, psycopg2.ProgrammingError | psycopg2.DataError):
                    raise
                if not patient:
                    return []
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def value(self, query, *values):
        found = self.rows(query, *values)
        return found[0][0] if found else None
