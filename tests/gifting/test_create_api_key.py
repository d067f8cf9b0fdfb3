"""`manage.py create_api_key`."""

import io

import pytest
from django.core.management import CommandError, call_command

from gifting.models import ApiKey, Brand
from gifting.services import keys


def run(*arguments: str) -> str:
    printed = io.StringIO()
    call_command("create_api_key", *arguments, stdout=printed, stderr=io.StringIO())
    return printed.getvalue()


def test_the_printed_key_opens_the_api(brand: Brand) -> None:
    assert keys.find_key(clear=run("lune").strip(), kind="videos").brand == brand


def test_nothing_but_the_key_goes_to_standard_output(brand: Brand) -> None:
    assert len(run("lune").split()) == 1


def test_the_key_gets_its_name(brand: Brand) -> None:
    run("lune", "--name", "Production")
    assert ApiKey.objects.get().name == "Production"


def test_an_unknown_brand_is_answered_with_the_known_ones(brand: Brand, other_brand: Brand) -> None:
    with pytest.raises(CommandError, match=r"no brand 'mars'.*Known brands: lune, soleil"):
        run("mars")


@pytest.mark.django_db
def test_without_brands_the_command_says_so() -> None:
    with pytest.raises(CommandError, match=r"no brands yet"):
        run("lune")


def test_a_name_that_is_too_long_is_refused(brand: Brand) -> None:
    with pytest.raises(CommandError, match="at most 80"):
        run("lune", "--name", "x" * 81)


def test_a_key_opens_video_messages_unless_another_kind_is_named(brand: Brand) -> None:
    run("lune")
    assert ApiKey.objects.get().kind == "videos"


def test_a_key_for_gift_packs_is_made_by_its_kind(brand: Brand) -> None:
    assert keys.find_key(clear=run("lune", "--kind", "packs").strip(), kind="packs").brand == brand


def test_an_unknown_kind_is_refused_with_the_known_ones(brand: Brand) -> None:
    with pytest.raises(CommandError, match=r"invalid choice: 'shoes'.*videos.*packs"):
        run("lune", "--kind", "shoes")
