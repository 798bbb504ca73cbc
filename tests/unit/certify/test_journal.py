from __future__ import annotations

from clusop.certify.journal import Journal


def test_what_finished_is_kept_and_what_began_is_counted(tmp_path):
    journal = Journal(tmp_path)
    journal.application({"number": 1, "stamp": {}})
    journal.begin("a", 1)
    journal.finish("a", {"runs": []})
    journal.begin("b", 1)
    again = Journal(tmp_path)
    again.begin("b", 2)
    again.application({"number": 1, "stamp": {}, "agent": {}})
    told = Journal(tmp_path).read()
    assert told.finished == {"a": {"runs": []}}
    assert told.begun == {"a": 1, "b": 2}
    assert told.applications == ({"number": 1, "stamp": {}, "agent": {}},)


def test_a_step_that_was_cut_off_did_not_happen_and_hides_no_other(tmp_path):
    journal = Journal(tmp_path)
    journal.begin("a", 1)
    whole = tmp_path / "000001.json"
    (tmp_path / "000002.json").write_bytes(whole.read_bytes()[:20])
    again = Journal(tmp_path)
    again.finish("a", {"runs": []})
    assert Journal(tmp_path).read().finished == {"a": {"runs": []}}
    assert sorted(file.name for file in tmp_path.iterdir()) == ["000001.json", "000002.json", "000003.json"]


def test_of_an_application_without_an_end_the_agent_is_known_as_of_its_last_fixture(tmp_path):
    journal = Journal(tmp_path)
    journal.application({"number": 1, "stamp": {}})
    for name, count in (("a", 2), ("b", 5)):
        journal.begin(name, 1)
        journal.finish(name, {"application": 1, "agent": {"executions": count}, "runs": []})
    journal.begin("kills", 1)
    journal.application({"number": 2, "stamp": {}})
    told = Journal(tmp_path).read()
    assert told.applications == ({"number": 1, "stamp": {}, "agent": {"executions": 5}}, {"number": 2, "stamp": {}})
