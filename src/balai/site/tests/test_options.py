"""Settings that hold an address are taken apart, or refused with what would be right."""

from pathlib import Path

import pytest

from balai.site import options
from balai.site.options import WrongSetting


def test_files_lie_on_this_machine_and_duckdb_answers_when_nothing_is_set() -> None:
    assert options.object_storage("") is None and options.spark_server("") is None


def test_a_bucket_is_named_with_its_prefix_and_endpoint() -> None:
    found = options.object_storage(
        "s3://satu-data/balai/uji?endpoint=https://s3.kota.go.id&cache_mb=10&region=id"
    )
    assert found == {
        "bucket": "satu-data",
        "prefix": "balai/uji",
        "endpoint": "https://s3.kota.go.id",
        "region": "id",
        "cache_mb": 10,
    }


def test_credentials_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "s3"
    file.write_text("[default]\naws_access_key_id = kunci\naws_secret_access_key = 100%rahasia\n")
    found = options.object_storage(f"s3://satu-data?credentials={file}")
    assert found and (found["access_key_id"], found["secret_access_key"]) == ("kunci", "100%rahasia")
    file.write_text("[default]\naws_access_key_id = kunci\n")
    with pytest.raises(WrongSetting, match="aws_secret_access_key"):
        options.object_storage(f"s3://satu-data?credentials={file}")


@pytest.mark.parametrize(
    ("url", "right"),
    [
        ("/mnt/data", "s3://bucket/prefix"),
        ("s3://", "s3://bucket/prefix"),
        ("s3://b?endpont=x", "endpoint"),
        ("s3://b?endpoint=s3.kota.go.id", "https://"),
        ("s3://b?cache_mb=banyak", "whole number"),
        ("s3://b?credentials=/tidak/ada", "cannot be read"),
    ],
)
def test_a_wrong_bucket_is_refused_with_what_would_be_right(url: str, right: str) -> None:
    with pytest.raises(WrongSetting, match=right):
        options.object_storage(url)


def test_a_spark_server_is_named_with_the_files_it_sees() -> None:
    found = options.spark_server("sc://spark:15002/;use_ssl=true?files=s3a://satu-data/balai/")
    assert found == {"remote": "sc://spark:15002/;use_ssl=true", "files": "s3a://satu-data/balai"}


@pytest.mark.parametrize("url", ["spark:15002", "http://spark:15002", "sc://", "sc://spark?file=x"])
def test_a_wrong_spark_server_is_refused(url: str) -> None:
    with pytest.raises(WrongSetting, match="sc://host"):
        options.spark_server(url)
