#!/usr/bin/env python3
"""Everything a developer needs, with nothing but Python: set up, run, test, measure, take pictures, lock.

python3 packaging/dev.py setup                  make .venv and see that the system has what Qt needs
python3 packaging/dev.py run [-- ARGS]          open the desk on the shipped scenario (ARGS go to the program)
python3 packaging/dev.py test [PYTEST ARGS]     ruff, mypy, import-linter and every test
python3 packaging/dev.py test --servers         the connectors that have a real server of their own to be tried against
python3 packaging/dev.py bench [NAME] [--json]  one measurement of tests/bench, or their list
python3 packaging/dev.py train [--folds]        make resources/heads again from ../shared/data/sentiment
python3 packaging/dev.py shots DIR              pictures of every page in both languages, light and dark
python3 packaging/dev.py lock [--upgrade]       write packaging/requirements.lock again (needs uv)
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "crisisdesk-stamp.json"
LOCK = ROOT / "packaging" / "requirements.lock"
APT = ROOT / "packaging" / "apt.txt"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
WANTED = ((3, 11), (3, 12), (3, 13))
STARTED = time.monotonic()
TOLD = []  # what the command that is followed has printed
OK, FAILED, MISUSED = 0, 1, 2
ROOM = 6 << 30  # bytes free in memory's folder before the tests' files go there
PIPES = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "errors": "replace"}


class Stop(Exception):
    """The work cannot go on; the message says why and what to do."""


def say(text):
    """Print one progress line with the seconds since the start, on standard error."""
    print("[%6.1f s] %s" % (time.monotonic() - STARTED, text), file=sys.stderr, flush=True)


def quietly(command, **options):
    """Run a command and return (status, output); a missing program counts as status 127."""
    try:
        done = subprocess.run(command, check=False, **PIPES, **options)
    except OSError as error:
        return 127, str(error)
    return done.returncode, done.stdout


def aloud(command, *, extra=None):
    """Run a command in the project folder with its output on the screen; returns its status."""
    return subprocess.call([str(part) for part in command], cwd=ROOT, env=dict(os.environ, **(extra or {})))


# ── Python and the virtual environment ────────────────────────────────────────────────────────────────────────────


def base_python():
    """The Python that .venv is made with: this one, or another of the wanted versions on the PATH."""
    if sys.version_info[:2] in WANTED:
        return sys.executable
    for major, minor in WANTED:
        found = shutil.which("python%d.%d" % (major, minor))
        if found and quietly([found, "-c", "pass"])[0] == 0:
            return found
    raise Stop(
        "Python 3.11-3.13 needed; this is %s and no other was found.\n"
        "Install one (Debian, Ubuntu: sudo apt-get install python3.11 python3.11-venv) "
        "and run this command again with it: python3.11 packaging/dev.py %s"
        % (platform.python_version(), " ".join(sys.argv[1:]) or "run")
    )


def make_venv(python):
    """Make .venv, or make it again when its Python does not start; Debian's python3-venv is fetched if missing."""
    if PYTHON.exists() and quietly([str(PYTHON), "-c", "pass"])[0] == 0:
        return
    probe = [python, "-c", "import ensurepip, sys; print('python%d.%d-venv' % sys.version_info[:2])"]
    if quietly(probe)[0] != 0:
        minor = quietly([python, "-c", "import sys; print(sys.version_info[1])"])[1].strip()
        for package in ("python3-venv", "python3.%s-venv" % minor):
            if quietly(probe)[0] != 0 and not apt_install([package], "Python cannot make a virtual environment"):
                raise Stop("Without the package %s no virtual environment can be made." % package)
    say("making .venv with Python %s" % quietly([python, "--version"])[1].replace("Python", "").strip())
    status, output = quietly([python, "-m", "venv", "--clear", str(VENV)])
    if status:
        raise Stop("The virtual environment could not be made:\n" + output)


def pip(*arguments, label=""):
    """Run pip in .venv, showing one line per package instead of its chatter."""
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", *arguments]
    running = subprocess.Popen(command, cwd=ROOT, **PIPES)
    lines, count = [], 0
    for line in running.stdout:
        lines.append(line)
        name = re.match(r"(?:Collecting|Processing) (?:\S*/)?([\w.-]+?)(?:==|-\d|\s)", line)
        if name:
            count += 1
            say("%s %d: %s" % (label, count, name.group(1)))
        elif line.startswith("Installing collected"):
            say("unpacking")
    if running.wait():
        raise Stop("pip could not finish:\n" + "".join(lines[-15:]))


def fingerprint():
    """What the environment was made from: the lock and the project's table."""
    digest = hashlib.sha256()
    for part in (LOCK, ROOT / "pyproject.toml"):
        digest.update(part.read_bytes())
    return digest.hexdigest()


def read_stamp():
    """What the last set-up left, or an empty stamp."""
    try:
        return json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def setup(arguments=()):
    """Bring .venv and the system to what the project needs; quick when nothing changed."""
    stamp = read_stamp() if PYTHON.exists() else {}
    if stamp.get("environment") != fingerprint():
        make_venv(base_python())
        if quietly([str(PYTHON), "-m", "pip", "--version"])[0]:
            quietly([str(PYTHON), "-m", "ensurepip"])
        say("installing the pinned packages, each checked by its hash (about 300 MB the first time)")
        pip("--require-hashes", "--only-binary", ":all:", "-r", str(LOCK), label="package")
        pip("--no-deps", "--no-build-isolation", "--quiet", "-e", ".")
        stamp = {"environment": fingerprint()}
        STAMP.write_text(json.dumps(stamp), "utf-8")
        say("packages ready")
    machine = "%s %s" % (platform.platform(), hashlib.sha256(APT.read_bytes()).hexdigest())
    if sys.platform.startswith("linux") and stamp.get("system") != machine and system_parts():
        stamp["system"] = machine
        STAMP.write_text(json.dumps(stamp), "utf-8")
    return OK


# ── what the system must bring (Linux) ───────────────────────────────────────────────────────────────────────────


def apt_table():
    """packaging/apt.txt as {section: {package: [what it brings]}}."""
    table, section = {}, {}
    for line in APT.read_text("utf-8").splitlines():
        words = line.split("#")[0].split()
        if words and words[0].startswith("["):
            section = table.setdefault(words[0].strip("[]"), {})
        elif words:
            section[words[0]] = words[1:]
    return table


def may_install():
    """The words before apt-get: [] for root, sudo's when it asks no password, None when it may not."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if shutil.which("sudo") and quietly(["sudo", "-n", "true"])[0] == 0 else None


@lru_cache(maxsize=None)
def apt_update(*apt):
    """Read the package lists, once."""
    quietly([*apt, "update"])


def apt_install(packages, why):
    """Install Debian packages when that is allowed, else print the exact command; True when they are there."""
    command = "sudo apt-get install -y --no-install-recommends " + " ".join(packages)
    before = may_install()
    if before is None:
        say("%s. Run:  %s" % (why, command))
        return False
    say("%s: installing %s" % (why, " ".join(packages)))
    apt = [*before, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    apt_update(*apt)
    status, output = quietly([*apt, "install", "-y", "--no-install-recommends", *packages])
    if status:
        say("apt-get could not install them; by hand:  %s" % command)
        print("\n".join(output.splitlines()[-5:]), file=sys.stderr, flush=True)
    return status == 0


def missing_libraries(files):
    """The shared libraries that ``files`` want and the system lacks, from ldd: Qt's own message names the wrong one."""
    there = [str(path) for path in files if path.exists()]
    if not there or not shutil.which("ldd"):
        return []
    found = re.findall(r"^\s*(\S+) => not found", quietly(["ldd", *there])[1], re.MULTILINE)
    return sorted({name for name in found if not name.startswith(("libQt6", "libpyside", "libshiboken"))})


def qt_folder():
    """Where PySide6 keeps Qt in .venv."""
    return next(iter(sorted(VENV.glob("lib/python3*/site-packages/PySide6/Qt"))), VENV)


def qt_files():
    """Qt's files by section of apt.txt: what every run loads, and what a screen needs besides."""
    qt = qt_folder()
    names = ("Core", "Gui", "Widgets", "Network", "DBus", "Svg", "PrintSupport")
    always = [qt / "lib" / ("libQt6%s.so.6" % name) for name in names]
    platforms = qt / "plugins" / "platforms"
    return {
        "qt": [*always, platforms / "libqoffscreen.so"],
        "screen": [qt / "lib" / "libQt6XcbQpa.so.6", platforms / "libqxcb.so"],
    }


def has_fonts():
    """Whether fontconfig knows at least one font."""
    status, output = quietly(["fc-list"])
    return status == 0 and bool(output.strip())


def system_parts():
    """See that Qt finds its libraries and a font, installing what may be installed; True when nothing is missing."""
    table, complete = apt_table(), True
    for section, files in qt_files().items():
        lacking = missing_libraries(files)
        if not lacking:
            continue
        packages = [name for name, brings in table[section].items() if set(brings) & set(lacking)]
        apt_install(packages or list(table[section]), "Qt misses " + ", ".join(lacking))
        lacking = missing_libraries(files)
        if lacking and section == "qt":
            raise Stop("Qt cannot start without " + ", ".join(lacking))
        complete = complete and not lacking
    if not has_fonts():
        apt_install(list(table["fonts"]), "the system has no font")
        complete = complete and has_fonts()
    return complete


def test_parts():
    """Install the programs that some tests speak to; a test whose program is missing says so itself."""
    if sys.platform.startswith("linux"):
        places = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))  # servers lie off a person's PATH
        table = apt_table()["test"].items()
        lacking = [name for name, brings in table if not all(shutil.which(one, path=places) for one in brings)]
        if lacking:
            apt_install(lacking, "some tests need system programs")


def servers():
    """The folder with the real servers that are tested apart, installed once; takes some ten minutes the first time."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        raise Stop("test --servers needs node and npm, and a C++ compiler: install them and run this again.")
    asked = ROOT / "tests" / "servers" / "pds"
    mark = hashlib.sha256((asked / "package-lock.json").read_bytes()).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "crisisdesk" / "servers" / mark
    if not (folder / "ready").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(asked / name, folder / name)
        # Only the part that must be compiled may run a script; Debian's headers serve where they are.
        own = Path("/usr/include/node/node.h").exists()
        env = dict(os.environ, **({"npm_config_nodedir": "/usr"} if own else {}))
        for words in (("ci", "--ignore-scripts"), ("rebuild", "better-sqlite3", "--foreground-scripts")):
            say("npm " + " ".join(words))
            status, output = quietly([npm, *words, "--no-audit", "--no-fund"], cwd=folder, env=env)
            if status:
                raise Stop("The server could not be installed:\n" + output[-2000:])
        (folder / "ready").touch()
    return folder


# ── the commands ─────────────────────────────────────────────────────────────────────────────────────────────────


def has_screen():
    """Whether a window can be shown here."""
    if os.environ.get("QT_QPA_PLATFORM") in ("offscreen", "minimal"):
        return False
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run(arguments):
    """Open the desk on the shipped scenario; without a screen play it offscreen and leave pictures and report."""
    setup()
    arguments = arguments[1:] if arguments[:1] == ["--"] else arguments
    if arguments and not arguments[0].startswith("-"):
        return aloud([PYTHON, "-m", "ui.start", *arguments])
    if has_screen():
        say("opening the desk on the shipped scenario")
        return aloud([PYTHON, "-m", "ui.start", "demo", *arguments])
    out = ROOT / "out"
    say("there is no screen here: the desk plays the scenario by itself, offscreen")
    command = [PYTHON, "-m", "ui.start", "demo", "--auto", "--speed", "max", "--out", out, *arguments]
    status = aloud(command, extra={"QT_QPA_PLATFORM": "offscreen"})
    if status:
        say("the scenario did not reach its end (status %d)" % status)
        return status
    say("done; what it left:")
    for name, what in (("report.html", "report"), ("report.pdf", "report"), ("timeline.json", "timeline")):
        if (out / name).exists():
            print("    %-10s %s" % (what, out / name))
    pictures = sorted(out.rglob("*.png"))
    if pictures:
        print("    %-10s %d in %s" % ("pictures", len(pictures), pictures[0].parent))
    return OK


def follow(command, extra):
    """Run a command showing its output; returns (status, the last line that is not empty, without colours)."""
    running = subprocess.Popen([str(part) for part in command], cwd=ROOT, env=dict(os.environ, **extra), **PIPES)
    last = ""
    TOLD.clear()
    for line in running.stdout:
        print(line, end="", flush=True)
        TOLD.append(line)
        last = line.strip() or last
    return running.wait(), re.sub(r"\x1b\[[0-9;]*m", "", last).strip("= ")


def only_crashed(lines):
    """The tests in whose middle a worker's process died, if nothing else failed; else an empty list.

    Qt ended a test process natively about once in three runs of the whole suite, and the cause is not found
    (docs/adr/0014). Such a run ends at once, all of it is run again, and said so; a test that fails is never run again.
    """
    text = re.sub(r"\x1b\[[0-9;]*m", "", "".join(lines))
    crashed = re.findall(r"worker '\w+' crashed while running '([^']+)'", text)
    failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", text, re.MULTILINE)
    return sorted(set(crashed)) if crashed and set(failed) <= set(crashed) else []


@contextmanager
def place_for_tests():
    """The tests' environment: their files in memory where it has room, since each commit waits for the disk elsewhere.

    What is compiled is kept, also where Python is told not to: every program that a test starts would compile it anew.
    """
    extra = {"QT_QPA_PLATFORM": "offscreen", "PYTHONDONTWRITEBYTECODE": ""}
    memory = Path("/dev/shm")
    try:
        usable = shutil.disk_usage(str(memory)).free > ROOM and not os.statvfs(str(memory)).f_flag & os.ST_NOEXEC
        folder = tempfile.mkdtemp(prefix="crisisdesk-tests-", dir=str(memory)) if usable else ""
    except (OSError, AttributeError):  # AttributeError: Windows
        folder = ""
    try:
        yield dict(extra, PYTEST_DEBUG_TEMPROOT=folder) if folder else extra
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_tests(pytest):
    """Run every test; a run whose process died natively is run again, twice at the most."""
    with place_for_tests() as extra:
        status, last = follow(pytest, extra)
        for _ in range(2):
            crashed = only_crashed(TOLD) if status else []
            if not crashed:
                break
            say("a test process died natively in %s; everything is run again" % " ".join(crashed))
            status, last = follow(pytest, extra)
    return status, last


def test(arguments):
    """Run every check and every test, all of them even when one fails; status 1 when any did."""
    setup()
    if arguments[:1] == ["--servers"]:
        extra = {"CRISISDESK_SERVERS": str(servers()), "QT_QPA_PLATFORM": "offscreen"}
        return aloud([PYTHON, "-m", "pytest", "tests/servers", *arguments[1:]], extra=extra)
    tools = PYTHON.parent
    # In the order of their names the long files come first: those of e2e, then ui.
    workers = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "--max-worker-restart=0"]
    pytest = [PYTHON, "-m", "pytest", *(arguments or workers)]
    if sys.stdout.isatty():
        pytest.append("--color=yes")
    checks = (
        ("ruff", [tools / "ruff", "check", "."]),
        ("mypy", [PYTHON, "-m", "mypy"]),
        ("imports", [tools / "lint-imports"]),
    )
    results = []
    with ThreadPoolExecutor(1) as beside:
        programs = beside.submit(test_parts)
        for name, command in checks:
            say(name)
            began = time.monotonic()
            results.append((name, follow(command, {})[0], time.monotonic() - began))
        programs.result()
    say("tests")
    began = time.monotonic()
    status, last = run_tests(pytest)
    results.append(("tests", status, time.monotonic() - began))
    print()
    for name, status, seconds in results:
        print("%-8s %-6s %7.1f s" % (name, "failed" if status else "passed", seconds))
    print("%-8s %-6s %7.1f s" % ("all", "", time.monotonic() - STARTED))
    print(last)
    return FAILED if any(status for _, status, _ in results) else OK


def bench(arguments):
    """Run one measurement of tests/bench, or list them."""
    found = {path.stem: path for path in sorted((ROOT / "tests" / "bench").glob("*.py")) if path.stem[0] != "_"}
    if not arguments or arguments[0] not in found:
        print("Measurements: packaging/dev.py bench NAME [--json]")
        for name, path in found.items():
            told = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
            print("    %-16s %s" % (name, told.split("\n")[0]))
        return MISUSED if arguments else OK
    setup()
    extra = {} if has_screen() else {"QT_QPA_PLATFORM": "offscreen"}
    return aloud([PYTHON, "-m", "tests.bench." + arguments[0], *arguments[1:]], extra=extra)


def train(arguments):
    """Train the heads of the verdicts again; the same data gives the same bytes."""
    setup()
    one_core = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return aloud([PYTHON, ROOT / "packaging" / "train.py", *arguments], extra=one_core)


def shots(arguments):
    """Render every page into a folder."""
    if len(arguments) != 1:
        raise Stop("Say where the pictures go: packaging/dev.py shots DIR")
    setup()
    folder = Path(arguments[0]).resolve()
    status = aloud([PYTHON, "-m", "ui.shots", folder], extra={"QT_QPA_PLATFORM": "offscreen"})
    say("%d pictures in %s" % (len(list(folder.rglob("*.png"))), folder))
    return status


def lock(arguments):
    """Write the lock again from pyproject.toml: names, versions and hashes, never an address."""
    uv = shutil.which("uv") or shutil.which("uv", path=str(PYTHON.parent))
    if not uv:
        raise Stop("The lock is written by uv, a developer's tool that is not here: install it and run this again.")
    say("resolving for Python 3.11-3.13 on every system")
    fresh = LOCK.with_suffix(".new")
    if LOCK.exists() and "--upgrade" not in arguments:
        shutil.copyfile(LOCK, fresh)
    options = ["--group", "dev", "--universal", "--generate-hashes", "--no-annotate", "--no-header"]
    options += ["--python-version", "3.11", "--only-binary", ":all:", "--quiet", "-o", str(fresh)]
    try:
        status, output = quietly([uv, "pip", "compile", "pyproject.toml", *options], cwd=ROOT)
        if status:
            raise Stop("uv could not resolve the packages:\n" + output)
        if "://" in fresh.read_text("utf-8"):
            raise Stop("uv wrote an address into the lock; the old lock is kept.")
        fresh.replace(LOCK)
    finally:
        if fresh.exists():
            fresh.unlink()
    say("%d packages locked" % len(re.findall(r"^\w\S*==", LOCK.read_text("utf-8"), re.MULTILINE)))
    return OK


COMMANDS = {"setup": setup, "run": run, "test": test, "bench": bench, "train": train, "shots": shots, "lock": lock}


def main(arguments):
    """Run one command; returns the exit status."""
    if not arguments or arguments[0] not in COMMANDS:
        print(__doc__.strip())
        return OK if arguments in ([], ["-h"], ["--help"]) else MISUSED
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except Stop as stop:
        print(stop, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
