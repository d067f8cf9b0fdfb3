"""The shapes on the wire, in the words of the contract. Which values are good is for the services to say."""

from typing import Annotated, Literal

from ninja import Path
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from livestream.api import examples
from livestream.ids import LONGEST
from livestream.models import LiveStream
from livestream.services.pins import MOST

StreamId = Annotated[
    str, Path(description="The livestream's id.", example=examples.STREAM, minLength=6, maxLength=LONGEST)
]
PlaylistId = Annotated[
    str, Path(description="The playlist's id.", example=examples.PLAYLIST, minLength=6, maxLength=LONGEST)
]
STATUS: JsonDict = {"enum": [*LiveStream.Status.values]}
TIME: JsonDict = {"format": "date-time"}


class ImageOut(BaseModel):
    id: str
    image_src: str
    image_position: int


class UnitOut(BaseModel):
    id: str
    unit_name: str
    unit_price: float
    unit_price_string: str = Field(description="The price with its currency, for people.")
    unit_ext_id: str = Field(description="The shop's own number.")


class ProductOut(BaseModel):
    id: str
    product_name: str
    product_description: str
    product_currency: str
    product_images: list[ImageOut]
    product_units: list[UnitOut]


class DetailsOut(BaseModel):
    """A livestream with its products."""

    model_config = ConfigDict(json_schema_extra={"example": examples.DETAILS})

    status: str = Field(json_schema_extra=STATUS)
    scheduled_at: str = Field(json_schema_extra=TIME)
    event_name: str
    event_description: str
    products: list[ProductOut]


class EntryOut(BaseModel):
    """A livestream in a playlist."""

    event_description: str
    event_name: str
    id: str
    scheduled_at: str = Field(json_schema_extra=TIME)
    status: str = Field(json_schema_extra=STATUS)


class PagingOut(BaseModel):
    next: str = Field("", description="The path of the next page; absent on the last one.")


class PageOut(BaseModel):
    """One page of a playlist, newest livestream first."""

    model_config = ConfigDict(json_schema_extra={"example": examples.PAGE})

    live_streams: list[EntryOut]
    paging: PagingOut


class ProductIdsIn(BaseModel):
    """What to pin or to unpin: ids of products or of their units."""

    model_config = ConfigDict(json_schema_extra={"example": examples.ASKED})

    product_ids: list[str] = Field(min_length=1, max_length=MOST)


class PinnedOut(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": examples.PINNED})

    pinned_product_ids: list[str]


class UnpinnedOut(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": examples.UNPINNED})

    unpinned_product_ids: list[str]


class EndedOut(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": examples.ENDED})

    live_stream_id: str
    status: Literal["ended"]


class ErrorOut(BaseModel):
    """Every error: one sentence."""

    error: str
