"""The set-up of docs/OPERATIONS.md, played as it stands there: its own blocks are run, so that page and program cannot drift apart.

Another user than root, one file of settings, the unit's command, nginx with the documented configuration, a backup while people report, a restore that
is verified before its first start; on the embedded database and on PostgreSQL. All of it happens in name spaces of its own, over copies of /etc, /var and
/usr/local that are gone afterwards, so that nothing of the machine is touched. Root on Debian; what is missing is named by `scripts/prerequisites.sh`.

YIZHI_BIN names the program.
"""

import base64
import concurrent.futures
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import re
import shlex
import shutil
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs/OPERATIONS.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
HOST = "yizhi.example.gov.cn"
COUNTY, VILLAGE = "350302000000", "350302001001"
PASSWORD = "Played-2026-ok"
MB = 1024 * 1024
PATIENCE = 120


def block(after, text=PAGE):
    """The first block of code after some words of the page."""
    start = text.index(after)
    found = re.compile(r"^( *)```\w*\n(.*?)^\1```", re.S | re.M).search(text, start)
    indent, body = found.groups()
    return re.sub(f"^{indent}", "", body, flags=re.M)


def played(script, folder):
    """Runs a block as root in a folder; gives what it prints."""
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise AssertionError(f"ended with {done.returncode}:\n{script}\n{done.stdout}{done.stderr}")
    return done.stdout


def write(path, text, mode=0o644):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


def until(what, told):
    """Waits for something; what it gives."""
    end = time.monotonic() + PATIENCE
    while True:
        found = what()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain for {told}")
        time.sleep(0.2)


def code_now(secret):
    """What a phone shows for a secret (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1_000_000:06}"


class Person:
    """Somebody at a browser, who comes through nginx."""

    def __init__(self, direct=False):
        self.direct, self.cookie = direct, None

    def ask(self, method, path, body=None, headers=None):
        if self.direct:
            wire = http.client.HTTPConnection("127.0.0.1", 8080, timeout=PATIENCE)
        else:
            wire = http.client.HTTPSConnection("127.0.0.1", 443, timeout=PATIENCE, context=ssl._create_unverified_context())
        sent = {"Host": HOST, **(headers or {})}
        if body is not None:
            body, sent["Content-Type"] = json.dumps(body), "application/json"
        if self.cookie:
            sent["Cookie"] = self.cookie
        try:
            wire.request(method, path, body, sent)
            answer = wire.getresponse()
            text = answer.read()
        finally:
            wire.close()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie" and "yizhi_session=" in value:
                self.cookie = value.split(";")[0]
        kind = answer.getheader("Content-Type") or ""
        return answer.status, json.loads(text) if "json" in kind and text else text

    def must(self, *request, status=(200, 201, 202, 204)):
        got, answer = self.ask(*request)
        if got not in status:
            raise AssertionError(f"{request}: {got} {answer}")
        return answer

    def sign_in(self, account, code=None):
        self.must("POST", "/api/v1/session", {"account": account, "password": PASSWORD, **({"totp": code} if code else {})})
        return self

    def bind_phone(self):
        secret = self.must("POST", "/api/v1/me/totp", {"current": PASSWORD})["secret"]
        self.must("PUT", "/api/v1/me/totp", {"code": code_now(secret)})


def activated(account, **codes):
    Person().must("POST", "/api/v1/session/activation", {**codes, "password": PASSWORD})
    return Person().sign_in(account)


class Setup:
    """What both databases have in common; each test goes on where the one before ended."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(dir="/srv"))
        cls.folder.chmod(0o755)
        cls.server = None
        cls.install()
        cls.first_three()
        cls.start()
        cls.proxy()
        cls.people()

    @classmethod
    def tearDownClass(cls):
        cls.stop()
        subprocess.run(["nginx", "-s", "stop"], check=False, stderr=subprocess.DEVNULL)
        until(lambda: not pathlib.Path("/run/nginx.pid").exists(), "nginx to end")
        for path in ["/var/lib/yizhi", "/var/lib/yizhi.old", "/var/backups/yizhi", "/etc/yizhi"]:
            shutil.rmtree(path, ignore_errors=True)
        subprocess.run(["userdel", "yizhi"], check=True)

    @classmethod
    def install(cls):
        packed = cls.folder / "yizhi-0.0.0-here"
        packed.mkdir()
        shutil.copy(os.environ["YIZHI_BIN"], packed / "yizhi")
        played("tar -czf yizhi-0.0.0-here.tar.gz yizhi-0.0.0-here && rm -r yizhi-0.0.0-here", cls.folder)
        played(block("The program, a user of its own"), cls.folder)
        write("/etc/yizhi/yizhi.env", block("The settings, in `/etc/yizhi/yizhi.env`") + cls.settings(), 0o640)
        write("/usr/local/sbin/yizhi-admin", block("in `/usr/local/sbin/yizhi-admin`"), 0o755)
        write("/usr/local/sbin/yizhi-backup", cls.backup_script(), 0o755)
        write("/etc/systemd/system/yizhi.service", block("in `/etc/systemd/system/yizhi.service`"))

    @classmethod
    def settings(cls):
        return ""

    @classmethod
    def backup_script(cls):
        return block("as `/usr/local/sbin/yizhi-backup`")

    @classmethod
    def first_three(cls):
        """Regions and the first administrators as the README has it; the lists stand in for the package that is fetched there."""
        lists = {
            "provinces": "code,name\n35,福建省\n11,北京市\n",
            "cities": "code,name,provinceCode\n3503,莆田市,35\n",
            "areas": "code,name,cityCode,provinceCode\n350302,城厢区,3503,35\n",
            "streets": "code,name,areaCode,provinceCode,cityCode\n350302001,龙桥街道,350302,35,3503\n",
            "villages": "code,name,streetCode,provinceCode,cityCode,areaCode\n350302001001,兴安社区居委会,350302001,35,3503,350302\n",
        }
        for name, text in lists.items():
            write(cls.folder / f"package/dist/{name}.csv", text)
        ring = [[119.0, 25.4], [119.01, 25.4], [119.01, 25.41], [119.0, 25.41], [119.0, 25.4]]
        grid = {"type": "Feature", "properties": {"code": VILLAGE + "001", "name": "第一网格"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        write(cls.folder / "grids.geojson", json.dumps({"type": "FeatureCollection", "features": [grid]}))
        center = {"type": "Feature", "properties": {"code": VILLAGE}, "geometry": {"type": "Point", "coordinates": [119.005, 25.405]}}
        write(cls.folder / "outlines.geojson", json.dumps({"type": "FeatureCollection", "features": [center]}))
        lines = block("## For a real place", README).splitlines()
        said = played("\n".join(line for line in lines if not line.startswith(("npm pack", "systemctl"))), cls.folder)
        cls.codes = re.findall(r"\b[A-Z0-9]{4}(?:-[A-Z0-9]{4})+\b", said)
        if len(cls.codes) != 3:
            raise AssertionError(f"not three codes: {said}")

    @classmethod
    def start(cls):
        """What systemd does with the unit: its user, its settings and its mask of modes, then its command."""
        unit = dict(line.split("=", 1) for line in block("in `/etc/systemd/system/yizhi.service`").splitlines() if "=" in line)
        env = {"PATH": "/usr/bin:/bin"}
        for line in pathlib.Path(unit["EnvironmentFile"]).read_text(encoding="utf-8").splitlines():
            name, value = line.split("=", 1)
            env[name] = shlex.split(value)[0]
        with open(cls.folder / "serve.log", "a", encoding="utf-8") as log:
            cls.server = subprocess.Popen(
                shlex.split(unit["ExecStart"]), env=env, user=unit["User"], group=unit["Group"], extra_groups=[], umask=int(unit["UMask"], 8),
                cwd="/", stdout=log, stderr=log,
            )
        until(cls.ready, "the server to be ready")

    @classmethod
    def ready(cls):
        if cls.server.poll() is not None:
            raise AssertionError((cls.folder / "serve.log").read_text(encoding="utf-8")[-2000:])
        try:
            return Person(direct=True).ask("GET", "/readyz")[0] == 200
        except OSError:
            return False

    @classmethod
    def stop(cls):
        if cls.server:
            cls.server.terminate()
            cls.server.wait()
            cls.server = None

    @classmethod
    def proxy(cls, buffering=None):
        """nginx as documented; `buffering` adds the one line that an installation may choose."""
        text = block("in `/etc/nginx/conf.d/yizhi.conf`")
        if buffering:
            text = text.replace("  proxy_http_version 1.1;", f"  proxy_http_version 1.1;\n  proxy_request_buffering {buffering};", 1)
        write("/etc/nginx/conf.d/yizhi.conf", text)
        if pathlib.Path("/run/nginx.pid").exists():
            subprocess.run(["nginx", "-s", "reload"], check=True, stderr=subprocess.DEVNULL)
            return
        pathlib.Path("/etc/nginx/sites-enabled/default").unlink(missing_ok=True)
        played(
            "mkdir -p /etc/ssl/yizhi && openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=yizhi "
            "-keyout /etc/ssl/yizhi/yizhi.key -out /etc/ssl/yizhi/yizhi.crt",
            cls.folder,
        )
        played("nginx -t && nginx", cls.folder)

    @classmethod
    def people(cls):
        cls.administrator, cls.security, cls.auditor = (
            activated(account, code=code) for account, code in zip(["administrator", "security_officer", "auditor"], cls.codes)
        )
        for person in (cls.administrator, cls.security, cls.auditor):
            person.bind_phone()
        post = {"role": "operator", "region": COUNTY}
        made = cls.administrator.must("POST", "/api/v1/people", {"account": "operator", "name": "受理员", "post": post})
        confirmed = cls.security.must("POST", f"/api/v1/proposals/{made['proposal']['id']}/confirm", {})
        cls.operator = activated("operator", code=made["activation"]["code"], confirmation=confirmed["activation"]["code"])
        cls.matter = cls.operator.must("GET", "/api/v1/matters")["items"][0]["code"]

    # In this order: the last one uses up the sign-ins of this address.

    def test_1_nothing_is_root_s(self):
        wrong = [str(path) for path in pathlib.Path("/var/lib/yizhi").rglob("*") if path.owner() != "yizhi" or path.stat().st_mode & 0o077]
        self.assertEqual(wrong, [])
        children = subprocess.run(["ps", "-o", "user=", "-C", "yizhi"], stdout=subprocess.PIPE, text=True).stdout.split()
        self.assertEqual(set(children), {"yizhi"})

    def test_2_the_unit_is_sound(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("no systemd-analyze")
        done = subprocess.run(["systemd-analyze", "verify", "/etc/systemd/system/yizhi.service"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual([line for line in done.stdout.splitlines() if "yizhi" in line], [])

    def test_3_metrics_are_documented(self):
        status, _ = Person().ask("GET", "/metrics")
        self.assertEqual(status, 404, "nginx keeps them from others")
        _, text = Person(direct=True).ask("GET", "/metrics")
        served = set(re.findall(r"^# TYPE (\w+)", text.decode(), re.M))
        rows = re.search(r"^\| `/metrics`.*?(?=^\n|^$)", PAGE, re.S | re.M).group(0)
        documented = set(re.findall(r"`((?:yizhi|process)_\w+)", rows))
        self.assertEqual(served - documented, set(), "served and not documented")
        self.assertEqual(documented - served, set(), "documented and not served")
        for what in set(re.findall(r'what="(\w+)"', text.decode())):
            self.assertIn(what, rows)

    def test_4_refused_uploads_are_told_as_that(self):
        file = self.folder / "upload"
        stranger = Person()
        for buffering in ("on", "off"):
            self.proxy(buffering)
            for size in (1, 8, 30, 49, 51, 60):
                text, broken = b"nothing but text\n" * (size * MB // 17), b"\xff\xd8\xff\xe0" + b"\0" * (size * MB)
                for person, bytes_, expected in [
                    (stranger, broken, 401), (self.administrator, broken, 403), (self.operator, text, 415), (self.operator, broken, 422),
                ]:
                    file.write_bytes(bytes_)
                    for expect in ("100-continue", ""):
                        with self.subTest(buffering=buffering, size=size, expected=expected, expect=expect):
                            self.assertEqual(self.upload(person, file, expect), 413 if size > 50 else expected)
        self.proxy()

    def upload(self, person, file, expect):
        answer = self.folder / "answer"
        done = subprocess.run(
            ["curl", "--silent", "--insecure", "--http1.1", "--resolve", f"{HOST}:443:127.0.0.1", "--header", f"Expect: {expect}" if expect else "Expect:",
             "--header", f"Cookie: {person.cookie or ''}", "--form", f"file=@{file};filename=a.jpg;type=image/jpeg", "--output", str(answer),
             "--write-out", "%{http_code} %{content_type}", f"https://{HOST}/api/v1/attachments"],
            stdout=subprocess.PIPE, text=True,
        )
        status, _, kind = done.stdout.partition(" ")
        self.assertEqual((done.returncode, kind), (0, "application/problem+json"), done.stdout)
        self.assertIn("detail", json.loads(answer.read_text(encoding="utf-8")))
        return int(status)

    def report(self, n):
        return self.operator.ask("POST", "/api/v1/cases", {
            "matter": self.matter, "title": f"路面破损 {n}", "description": "井盖松动。", "location": {"region": VILLAGE, "address": f"胜利路{n}号"},
        })

    def test_5_a_backup_under_writes_is_verified_before_its_first_start(self):
        self.assertEqual(self.report(0)[0], 201)
        until(lambda: pathlib.Path("/var/lib/yizhi/files/ledger/checkpoint").exists(), "the first checkpoint")
        over, statuses = threading.Event(), []

        def reporting(first):
            n = first
            while not over.is_set():
                statuses.append(self.report(n)[0])
                n += 4

        with concurrent.futures.ThreadPoolExecutor(4) as writers:
            work = [writers.submit(reporting, first) for first in range(1, 5)]
            try:
                for _ in range(3):
                    before = len(statuses)
                    played("/usr/local/sbin/yizhi-backup", "/")
                    until(lambda: len(statuses) > before, "reports meanwhile")
                    time.sleep(1)  # The next one is named by the second.
            finally:
                over.set()
            for one in work:
                one.result()
        self.assertLessEqual(set(statuses), {201, 429})
        played(block("The keys go elsewhere"), "/")
        self.stop()
        played("mv /var/lib/yizhi /var/lib/yizhi.old", "/")
        self.restore()
        said = played(block("Before the first start, look"), "/")
        self.assertNotIn("✗", said)
        self.start()
        listed = self.operator.must("GET", "/api/v1/cases?total=true")
        self.assertGreater(listed["total"], 0)
        self.assertEqual(self.report("after")[0], 201)
        standing = until(lambda: (lambda s: s if s["size"] and s["published"] == s["size"] else None)(self.operator.must("GET", "/api/v1/ledger")), "the ledger to grow")
        self.assertIsNone(standing["fault"])
        self.stop()
        played(block("Before the first start, look"), "/")
        self.start()

    def restore(self):
        played(block("Restore into an empty folder"), "/")

    def test_6_sign_ins_are_limited_and_pages_are_not(self):
        def page_load():
            _, page = Person().ask("GET", "/")
            linked = re.findall(r'(?:src|href)="(/[^"]+)"', page.decode()) if isinstance(page, bytes) else []
            paths = (linked + ["/api/v1/meta"] * 60)[:60]
            with concurrent.futures.ThreadPoolExecutor(6) as browser:
                return {status for status, _ in browser.map(lambda path: Person().ask("GET", path), paths)}

        self.assertEqual(page_load(), {200})
        with concurrent.futures.ThreadPoolExecutor(10) as guessers:
            tries = list(guessers.map(lambda n: Person().ask("POST", "/api/v1/session", {"account": f"nobody{n}", "password": "x"}), range(60)))
        slowed = [answer for status, answer in tries if status == 429 and answer["code"] == "slow_down"]
        self.assertGreaterEqual(len(slowed), 15)
        self.assertTrue(any(status == 401 for status, _ in tries))
        self.assertEqual(page_load(), {200})
        self.assertEqual(self.operator.ask("GET", "/api/v1/cases")[0], 200)


class Embedded(Setup, unittest.TestCase):
    maxDiff = None


class Postgres(Setup, unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.data = tempfile.mkdtemp(prefix="yizhi-setup-postgres.", dir="/tmp")
        os.chmod(cls.data, 0o711)
        cls.url = subprocess.run([ROOT / "scripts/postgres.sh", "start", cls.data], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        cls.database("yizhi")
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        subprocess.run([ROOT / "scripts/postgres.sh", "stop", cls.data], check=True)

    @classmethod
    def database(cls, name):
        """What the page says to make, under a name."""
        for line in block("Version 15 or later, UTF-8").strip().splitlines():
            if name != "yizhi" and line.startswith("CREATE ROLE"):
                continue
            line = line.replace("DATABASE yizhi", f"DATABASE {name}").replace("'…'", "'only-here'")
            subprocess.run(["psql", cls.url, "--no-psqlrc", "--quiet", "--command", line], check=True)
        cls.name = name

    @classmethod
    def settings(cls):
        documented = re.search(r"`(YIZHI_DATABASE_URL='[^']*')`", PAGE).group(1)
        place = cls.url.rsplit("@", 1)[1].rsplit("/", 1)[0]
        url = documented.replace("PASSWORD", "only-here").replace("db.example:5432/yizhi", f"{place}/{cls.name}").replace("verify-full", "disable")
        return url + "\n"

    @classmethod
    def backup_script(cls):
        lines = super().backup_script().splitlines(keepends=True)
        at = next(n for n, line in enumerate(lines) if "part" in line)
        return "".join([*lines[:at], block("put this in place of the three lines with `part`"), *lines[at + 3:]])

    def restore(self):
        self.database("yizhi_again")
        write("/etc/yizhi/yizhi.env", block("The settings, in `/etc/yizhi/yizhi.env`") + self.settings(), 0o640)
        shutil.chown("/etc/yizhi/yizhi.env", "root", "yizhi")
        lines = block("Restore into an empty folder").splitlines()
        played("\n".join(line for line in lines if "yizhi.db" not in line), "/")
        played(block("into a new and empty database"), "/")


def apart():
    """Comes back in name spaces of its own, over copies of the folders that the page writes to."""
    if os.environ.get("YIZHI_SETUP_APART"):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        layers = tempfile.mkdtemp(prefix="yizhi-setup.")
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", layers], check=True)
        for folder in ["etc", "var", "usr/local"]:
            up, work = f"{layers}/{folder}/up", f"{layers}/{folder}/work"
            os.makedirs(up)
            os.makedirs(work)
            options = f"lowerdir=/{folder},upperdir={up},workdir={work}"
            subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, f"/{folder}"], check=True)
        for folder in ["/srv", "/mnt", "/run"]:
            subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", folder], check=True)
        return
    os.environ["YIZHI_SETUP_APART"] = "1"
    command = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"]
    os.execvp(command[0], [*command, sys.executable, str(pathlib.Path(__file__).resolve()), *sys.argv[1:]])


if __name__ == "__main__":
    apart()
    unittest.main()
