"""The shapes on the wire, in the words of the contract. Which values are good is for the services to say."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from gifting.api.gift import examples
from gifting.backends.packs import LIMIT, LIMIT_MAX
from gifting.models.packs import NOTE_MAX, USER_MAX
from gifting.services.pack_catalogue import NUMBER_MAX, QUERY_MAX

USER: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": USER_MAX}
PackageId = Annotated[
    str,
    WithJsonSchema(
        {
            "type": "integer",
            "minimum": 1,
            "maximum": NUMBER_MAX,
            "example": 118,
            "description": "The number of a pack, not of a sticker.",
        }
    ),
]
UserId = Annotated[
    str, WithJsonSchema({**USER, "example": "9937", "description": "Any string, percent-encoded."})
]


def _query(name: str, description: str, *, required: bool = False, **schema: Any) -> dict[str, Any]:
    return {"in": "query", "name": name, "description": description, "required": required, "schema": schema}


PAGES = (
    _query("limit", "Rows of a page.", type="integer", minimum=1, maximum=LIMIT_MAX, default=LIMIT),
    _query("pageNumber", "1 is the newest.", type="integer", minimum=1, maximum=NUMBER_MAX, default=1),
)
NOTE = _query("note", "A few words to the receiver; also in the body.", type="string", maxLength=NOTE_MAX)
WORDS = _query("q", "Words to be found in a pack.", type="string", maxLength=QUERY_MAX)
VIEWER = _query("userId", "Whose flags isDownload and isWish are.", type="string", maxLength=USER_MAX)
OWNER = _query("userId", "Who has the pack from now on.", required=True, **USER)

YesNo = Literal["Y", "N"]


class SendIn(BaseModel):
    """What may be said beside the path."""

    model_config = ConfigDict(strict=True)

    # Only a bounded text is proved to be valid Unicode; the service knows the limit of a cleaned note.
    note: str | None = Field(None, max_length=65_536, json_schema_extra={"maxLength": NOTE_MAX})


class Success(BaseModel):
    code: Literal["0000"]
    status: Literal["success"]
    message: Literal["success"]


class Failure(BaseModel):
    code: str = Field(json_schema_extra={"enum": [*examples.FAILURES]})
    status: Literal["fail"]
    message: str


class Refused(BaseModel):
    """Every error."""

    header: Failure
    body: list[Any] = Field(max_length=0)


class Done(BaseModel):
    """Success, and nothing to tell."""

    model_config = ConfigDict(json_schema_extra={"example": examples.DONE})

    header: Success
    body: list[Any] = Field(max_length=0)


class PageMap(BaseModel):
    """Where in its list a page is. Rows count from 0, pages from 1, groups of ten pages from 0."""

    pageNumber: int
    onePageCountRow: int
    totalCount: int
    pageCount: int
    groupCount: int
    groupNumber: int
    pageGroupCount: int
    startPage: int
    endPage: int
    startRow: int
    endRow: int
    modNum: int
    listStartNumber: int


class Pack(BaseModel):
    """A sticker pack."""

    packageId: int
    packageName: str
    packageImg: str
    packageCategory: str
    packageKeywords: str
    packageAnimated: YesNo
    isNew: YesNo
    artistName: str
    language: str
    isDownload: YesNo
    isWish: YesNo


class Gift(Pack):
    """A pack as it was given; receiveDate is null until it is confirmed. Dates are UTC."""

    model_config = ConfigDict(json_schema_extra={"example": examples.GIFT})

    isReceive: YesNo
    sendUserId: str
    receiveUserId: str
    sendDate: str
    receiveDate: str | None


class ListedPack(Pack):
    """A pack in the catalogue."""

    model_config = ConfigDict(json_schema_extra={"example": {**examples.PACK, "price": "Free"}})

    price: str


class StickerOut(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": examples.STICKER})

    stickerId: int
    packageId: int
    stickerImg: str


class WholePack(Pack):
    """A pack with its stickers."""

    model_config = ConfigDict(
        json_schema_extra={"example": {**examples.PACK, "stickers": [examples.STICKER]}}
    )

    stickers: list[StickerOut]


class GiftList(BaseModel):
    packageList: list[Gift]
    pageMap: PageMap


class PackList(BaseModel):
    packageList: list[ListedPack]
    pageMap: PageMap


class OnePack(BaseModel):
    package: WholePack


class Gifts(BaseModel):
    header: Success
    body: GiftList


class Packs(BaseModel):
    header: Success
    body: PackList


class PackFound(BaseModel):
    header: Success
    body: OnePack
