"""The server of a board, asked as a client asks it: through the whole application, but for the network."""

import json
import re
import shutil
import socket
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from benchwright.cli.main import call
from benchwright.errors import StoreError
from benchwright_leaderboards.server.app import BoardApp
from benchwright_leaderboards.server.limits import Limits

PUBLISHED = Path(__file__).parents[3] / "docs" / "schema" / "board-api.openapi.json"


@pytest.fixture(scope="module")
def folder(small_board, tmp_path_factory):
    """A board of our own: a server writes an index into it."""
    return shutil.copytree(small_board, tmp_path_factory.mktemp("served") / "board")


@pytest.fixture(scope="module")
def server(folder):
    return BoardApp(folder, Limits(rate=0))


@pytest.fixture(scope="module")
def client(server):
    with TestClient(server.application(), raise_server_exceptions=False) as client:
        yield client


def test_a_page_has_an_etag_by_which_it_is_not_sent_again(client):
    """The overview is sent once; with its ETag the client gets 304 and no body."""
    first = client.get("/")
    again = client.get("/", headers={"if-none-match": first.headers["etag"]})

    assert first.status_code == 200
    assert first.headers["content-type"].startswith("text/html")
    assert (again.status_code, again.content) == (304, b"")


def test_every_page_of_the_site_is_served_under_its_address(server, client):
    """What `board build` writes can be asked for, byte for byte."""
    for path, page in server.state.snapshot.pages.items():
        found = client.get(f"/{quote(path)}")
        made = page.render()

        assert found.status_code == 200, path
        assert found.content == (made.encode("utf-8", "backslashreplace") if isinstance(made, str) else made), path


@pytest.mark.parametrize("path", ["/", "/api/v1/board", "/nothing", "/health", "/metrics"])
def test_every_response_has_the_headers_of_safety(client, path):
    """No response may be sniffed, framed or run scripts of others."""
    found = client.get(path)

    assert found.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in found.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in found.headers["content-security-policy"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_nothing_can_be_written(client, method):
    """Other methods than GET and HEAD are refused with what there is instead."""
    found = client.request(method, "/api/v1/entries")

    assert found.status_code == 405
    assert found.headers["allow"] == "GET, HEAD"
    assert "board add" in found.json()["hint"]


def test_the_page_of_a_search_shows_what_the_index_found(client):
    """/entries takes the filters of the API, keeps them in its form, and shows the rows in that order."""
    page = client.get("/entries?sort=-score&status=ranked").text
    scores = client.get("/api/v1/entries?sort=-score&status=ranked").json()["entries"]
    places = [page.index(f"models/{row['id']}.html") for row in scores]

    assert places == sorted(places)
    assert 'value="-score" selected' in page
    assert client.get("/entries?q=nothing-like-it").text.count("No entry is like that") == 1
    assert client.get("/entries?task=no/such").status_code == 404


def test_any_two_entries_have_a_page(client):
    """The form leads to the page of two entries, in either order, whether the site has it or not."""
    for first, second in (("best", "second"), ("silent", "part"), ("part", "silent")):
        found = client.get(f"/compare?a={first}&b={second}")

        assert found.status_code == 200
        assert str(found.url).endswith(f"/compare/{first}--{second}.html")
        assert first in found.text
        assert second in found.text
    assert client.get("/compare/best--nobody.html").status_code == 404
    assert client.get("/compare").status_code == 200


def test_entries_are_filtered_and_sorted_by_the_url(client):
    """Status, text, order and part of a table come from the query, and `total` counts all that fit."""
    ranked = client.get("/api/v1/entries?status=ranked&sort=-score").json()
    scores = [row["score"] for row in ranked["entries"]]
    part = client.get("/api/v1/entries?status=ranked&sort=-score&size=1&page=2").json()
    named = client.get("/api/v1/entries?q=SECOND").json()

    assert scores == sorted(scores, reverse=True)
    assert len(scores) > 1
    assert part["entries"] == ranked["entries"][1:2]
    assert part["total"] == ranked["total"]
    assert [row["id"] for row in named["entries"]] == ["second"]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("sort=1;DROP TABLE entries", "no column"),
        ("status=best", "unknown status"),
        ("page=0", "whole number"),
        ("size=100000", "whole number"),
        ("page=٣", "whole number"),
        ("color=red", "unknown parameter"),
        ("q=a&q=b", "given twice"),
    ],
)
def test_a_wrong_query_says_what_is_wrong(client, query, told):
    """400 with what was given and what is known, as a problem document."""
    found = client.get(f"/api/v1/entries?{query}")

    assert found.status_code == 400
    assert found.headers["content-type"] == "application/problem+json"
    assert told in found.json()["detail"] + found.json()["hint"]


def test_two_entries_are_compared_on_demand(client):
    """The difference of two entries is that of their scores, b minus a, on every task that both have."""
    first, second = (client.get(f"/api/v1/entries/{name}").json() for name in ("best", "second"))
    found = client.get("/api/v1/compare?a=best&b=second").json()
    scores = [{one["path"]: one["score"]["value"] for one in entry["results"]} for entry in (first, second)]

    assert {one["path"] for one in found["differences"]} == set(scores[0]) & set(scores[1])
    for one in found["differences"]:
        assert one["delta"] == pytest.approx(scores[1][one["path"]] - scores[0][one["path"]])


def test_a_comparison_is_that_of_the_page_and_of_the_command(client, small_store, capsys):
    """p of each difference is what `compare --missing wrong` says, and the verdict rests on Holm over all tests of the board, as on pages."""
    arguments = ["compare", "first:baseline", "first:silent", "--missing", "wrong", "--format", "json"]
    call([*arguments, "--store", str(small_store.root)])
    tasks = json.loads(capsys.readouterr().out)["tasks"]
    told = {task["path"]: next(one for one in task["differences"] if one["is_score"]) for task in tasks}
    found = client.get("/api/v1/compare?a=baseline&b=silent").json()
    page = client.get("/compare/silent--baseline.html").text

    assert len(found["differences"]) == 2
    for one in found["differences"]:
        same = told[one["path"]]
        for name in ("a", "b", "delta", "low", "high", "p"):
            assert one[name] == pytest.approx(same[name], abs=1e-12), name
        assert one["p"] <= one["p_adjusted"] <= one["p"] * found["family"]
        assert f"{100 * one['delta']:+.2f}" in page
    assert found["family"] == client.get("/api/v1/board").json()["family"]
    assert found["mean"]["verdict"] == "better"


def test_a_whole_url_as_target_is_its_path(server, to_the_end):
    """RFC 9112 wants servers to take it, as clients of proxies send it."""
    told = []
    scope = {
        "type": "http",
        "method": "GET",
        "path": "http://elsewhere/health",
        "raw_path": b"http://elsewhere/health",
        "query_string": b"",
        "headers": [(b"host", b"a")],
    }

    async def send(message):
        told.append(message)

    to_the_end(server.application()(scope, None, send))
    assert told[0]["status"] == 200


@pytest.mark.parametrize(("query", "status"), [("a=best", 400), ("a=best&b=nobody", 404), ("a=best&b=best", 400)])
def test_a_pair_that_is_none_is_told(client, query, status):
    """A missing name, an unknown one, and one twice."""
    assert client.get(f"/api/v1/compare?{query}").status_code == status


def test_long_addresses_are_refused(client):
    """Paths and queries have a limit."""
    assert client.get("/" + "a" * 2_000).status_code == 414
    assert client.get("/?q=" + "a" * 10_000).status_code == 414


def test_too_many_requests_are_told_when_to_come_again(folder):
    """Over the rate a client gets 429 and the seconds to wait."""
    app = BoardApp(folder, Limits(rate=0.1, burst=2)).application()
    with TestClient(app) as client:
        codes = [client.get("/health").status_code for _ in range(3)]
        last = client.get("/health")

    assert codes == [200, 200, 429]
    assert 1 <= int(last.headers["retry-after"]) <= 10


def test_what_is_added_is_served_without_a_restart(board_copy):
    """A board that changed is read anew; one that cannot be read leaves the last state, and health says so."""
    app = BoardApp(board_copy, Limits(rate=0))
    before = len(app.state.snapshot.entries)
    spec = board_copy / "board.toml"
    text = spec.read_text()
    spec.write_text(re.sub(r"^title = .*$", 'title = "Another"', text, flags=re.MULTILINE))
    assert app.state.refresh()
    assert app.state.snapshot.content.board.spec.title == "Another"

    spec.write_text("not TOML [")
    assert not app.state.refresh()
    app.state.follow()
    with TestClient(app.application()) as client:
        told = client.get("/health").json()
        assert client.get("/").status_code == 200
    assert told["status"] == "degraded"
    assert "board.toml" in told["problem"]
    assert str(board_copy) not in told["problem"]
    assert len(app.state.snapshot.entries) == before

    spec.write_text(text + "\n")
    assert app.state.refresh()
    assert app.state.problem == ""


def test_a_release_is_served_without_a_restart(board_copy):
    """A release changes no file of the board beside its own, and is seen all the same."""
    app = BoardApp(board_copy, Limits(rate=0))
    call(["board", "release", "first", "--board", str(board_copy), "--quiet"])

    assert app.state.refresh()
    with TestClient(app.application()) as client:
        assert "first" in client.get("/releases.html").text


def test_a_submission_that_is_still_being_copied_is_read_when_it_is_whole(board_copy, monkeypatch):
    """What cannot be read is tried again though nothing that is looked at changed: files inside of it may have."""
    app = BoardApp(board_copy, Limits(rate=0))
    place = next((board_copy / "submissions").iterdir()) / "submission.json"
    whole = place.read_bytes()
    place.write_bytes(whole[:100])
    (board_copy / "board.toml").write_text((board_copy / "board.toml").read_text() + "\n")
    assert not app.state.refresh()
    assert app.state.problem

    place.write_bytes(whole)  # in its place: the folder has the time that it had
    assert not app.state.refresh(), "not yet: reading a large board takes time"
    monkeypatch.setattr("benchwright_leaderboards.server.state.RETRY_SECONDS", 0.0)
    app.state._again = 0.0
    assert app.state.refresh()
    assert app.state.problem == ""


@pytest.fixture
def broken(board_copy, monkeypatch):
    """A server whose index fails when the switch is on."""
    failing = []

    def fail():
        if failing:
            raise StoreError("the index at postgresql://db.internal/boards fails: connection refused")

    app = BoardApp(board_copy, Limits(rate=0))
    read, refresh = app.index.read, app.index.refresh
    monkeypatch.setattr(app.index, "read", lambda: (fail(), read())[1])
    monkeypatch.setattr(app.index, "refresh", lambda **words: (fail(), refresh(**words))[1])
    return app, failing


def test_pages_are_served_and_follow_the_board_while_its_index_fails(broken, board_copy):
    """Lists answer 503 and say nothing about where the index is; pages, entries and new states do not wait; all comes back by itself."""
    app, failing = broken
    spec = board_copy / "board.toml"
    with TestClient(app.application(), raise_server_exceptions=False) as client:
        failing.append(True)
        spec.write_text(re.sub(r"^title = .*$", 'title = "Another"', spec.read_text(), flags=re.MULTILINE))
        app.state.refresh()
        app.state.follow()
        listed, health = client.get("/api/v1/entries"), client.get("/health").json()

        assert (listed.status_code, listed.headers["content-type"]) == (503, "application/problem+json")
        assert "db.internal" not in listed.text + json.dumps(health)
        assert health["status"] == "degraded"
        assert client.get("/entries").status_code == 503
        assert client.get("/api/v1/entries/best").status_code == 200
        assert "Another" in client.get("/").text

        failing.clear()
        app.state.follow()
        assert client.get("/api/v1/entries").status_code == 200
        assert client.get("/health").json()["status"] == "ok"


def test_an_index_that_is_deleted_while_served_is_made_again_with_ranks(board_copy):
    """Its rows are put in again at the next look at the board, though the board did not change."""
    app = BoardApp(board_copy, Limits(rate=0))
    with TestClient(app.application()) as client:
        before = client.get("/api/v1/entries").json()
        app.index.engine.dispose()
        for file in board_copy.glob("index.sqlite*"):
            file.unlink()
        app.state.follow()

        assert client.get("/api/v1/entries").json() == before


def test_a_board_whose_folder_is_gone_is_served_as_it_was(board_copy, monkeypatch):
    """What was made goes on; what must be read from it is told to be unavailable, without the place where it lay; it comes back by itself."""
    monkeypatch.chdir(board_copy.parent)
    board_copy.rename("b")  # a name that is in other words too
    app = BoardApp(Path("b"), Limits(rate=0))
    with TestClient(app.application(), raise_server_exceptions=False) as client:
        Path("b").rename("elsewhere")
        app.state.refresh()
        assert client.get("/health").json()["status"] == "degraded"
        assert client.get("/").status_code == 200
        found = client.get("/compare/part--silent.html")
        assert (found.status_code, "submissions/" in found.json()["detail"]) == (503, True)
        assert "b/submissions" not in found.json()["detail"]

        Path("elsewhere").rename("b")
        app.state._again = 0.0
        app.state.refresh()
        assert client.get("/health").json()["status"] == "ok"


def test_links_with_parameters_of_others_lead_to_pages(client):
    """Whoever shares a link adds parameters; documents of the API take only theirs, so that they are made once."""
    assert client.get("/?utm_source=mail").status_code == 200
    assert client.get("/models/best.html?fbclid=1").status_code == 200
    assert client.get("/api/v1/board?x=1").status_code == 400


def test_a_request_with_a_body_is_refused(client):
    """A body is not read, and the connection that brings it ends."""
    found = client.request("GET", "/", content=b"x" * 100)

    assert found.status_code == 413
    assert found.headers["connection"] == "close"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.sampled_from("/.%\\\x00aä\u202e?#&=;:\n'\"<>0"), max_size=40),
    st.text(st.sampled_from("qa=&%\x00'\";<>ä1-pageszi"), max_size=40),
)
def test_no_address_leads_to_a_fault(client, path, query):
    """Whatever is asked for, no response is a server error, and none shows a file that is no page."""
    found = client.get("http://testserver/" + quote(path, safe="/.%;:&="), params=None if not query else {"q": query})

    assert found.status_code < 500
    if found.status_code >= 400:
        assert set(found.json()) <= {"type", "title", "status", "detail", "hint"}


def test_metrics_count_by_route_and_never_by_what_clients_type(client):
    """Labels are our routes: an address that does not exist makes no label of its own."""
    client.get("/secret-name-of-a-client")
    text = client.get("/metrics").text

    assert 'benchwright_requests_total{route="/",status="200"}' in text
    assert "secret-name" not in text


def test_the_description_names_exactly_the_routes(server, client):
    """Every documented address is a route, and every route under /api is documented."""
    told = {re.sub(r":path", "", path) for path in client.get("/openapi.json").json()["paths"]}
    routes = {path.replace(":path", "") for path in server._routes()}

    assert told <= routes
    assert {path for path in routes if path.startswith("/api")} <= told


def test_the_description_is_published_and_tells_of_everything(client):
    """docs/schema holds it; every parameter, response and key has a description."""
    told = client.get("/openapi.json").json()
    assert json.loads(PUBLISHED.read_text()) == told, "write docs/schema anew from server/openapi.py"

    for path, methods in told["paths"].items():
        asked = methods["get"]
        for one in (asked, *asked.get("parameters", ()), *asked["responses"].values()):
            assert one["description"], path
    for name, schema in told["components"]["schemas"].items():
        assert schema["description"]
        assert all("description" in value for value in schema["properties"].values()), name


@pytest.mark.filterwarnings("ignore")
def test_the_api_keeps_to_its_description(server, client):
    """schemathesis: requests that the description allows get documented answers of the documented form, and no server error."""
    assert _keeps_to_its_description(server, client, examples=12) >= 50


@pytest.mark.soak
@pytest.mark.filterwarnings("ignore")
def test_the_api_keeps_to_its_description_in_2000_requests(server, client):
    """The long form."""
    assert _keeps_to_its_description(server, client, examples=700) >= 2_000


def _keeps_to_its_description(server, client, *, examples):
    import schemathesis

    schema = schemathesis.openapi.from_dict(client.get("/openapi.json").json())
    schema.config.update(base_url="http://testserver")
    asked = 0
    for operation in schema.get_all_operations():

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        )
        @given(case=operation.ok().as_strategy())
        def check(case):
            nonlocal asked
            asked += 1
            told = case.as_transport_kwargs(base_url="http://testserver")
            response = client.request(
                told["method"], told["url"], params=told.get("params"), headers=told.get("headers")
            )
            assert response.status_code < 500
            case.validate_response(response)

        check()
    return asked


def test_json_of_the_server_is_json_for_strict_readers(client):
    """No NaN, no infinity, no bare control character."""

    def refuse(name):
        raise AssertionError(name)

    for path in ("/api/v1/board", "/api/v1/entries", "/api/v1/tasks", "/health"):
        assert isinstance(json.loads(client.get(path).content, parse_constant=refuse), dict), path


def test_a_folder_without_a_board_is_told(tmp_path, capsys):
    """`board serve` of something else says what was expected, and ends with 2."""
    assert call(["board", "serve", "--board", str(tmp_path), "--port", "0"]) == 2
    assert "board.toml" in capsys.readouterr().err


def test_a_port_that_is_taken_is_told(folder, capsys):
    """Another port is offered."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert call(["board", "serve", "--board", str(folder), "--port", str(port)]) == 2
    assert "--port" in capsys.readouterr().err


def test_a_search_claims_nothing_of_the_entries_that_it_leaves_out(server, client):
    """Columns of a part of a table are those of the whole, and what was not measured is told of all entries."""
    whole, part = client.get("/entries").text, client.get("/entries?q=best").text
    heads = [re.findall(r'<th scope="col"[^>]*data-c="(\w+)"', page) for page in (whole, part)]
    claims = [re.findall(r"Not measured of any entry: [^<]*", page) for page in (whole, part)]

    assert heads[0] == heads[1]
    assert claims[0] == claims[1]
