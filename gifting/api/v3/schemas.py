"""The shapes on the wire, in the words of the contract. Which values are good is for the services to say."""

from typing import Annotated, Any, Literal

from ninja import Path
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from gifting.api.v3 import examples
from gifting.models import Shipment, VideoContainer

Crid = Annotated[str, Path(description="Your order number, percent-encoded.", example=examples.NEW["crid"])]
EMAIL: JsonDict = {"format": "email", "maxLength": 254}
TIME: JsonDict = {"format": "date-time"}


class ContainerIn(BaseModel):
    """What opens a container."""

    model_config = ConfigDict(strict=True, json_schema_extra={"example": examples.NEW})

    crid: str = Field(
        description="Your order number: 1 to 100 printable characters without a slash.",
        json_schema_extra={"minLength": 1, "maxLength": 100, "pattern": r"^[^/\u0000-\u001f\u007f]+$"},
    )
    email: str = Field(description="The giver's mail address.", json_schema_extra=EMAIL)
    receiverEmail: str | None = Field(
        None, description="Whom the message is mailed to.", json_schema_extra=EMAIL
    )
    language: str | None = Field(None, description="A BCP 47 tag such as en or pt-BR.")
    additionalData: dict[str, Any] | None = Field(
        None,
        description="At most 16 KB. We print senderFirstName, receiverFirstName and productName.",
    )


class ChangesIn(BaseModel):
    """What can be changed; at least one field."""

    model_config = ConfigDict(
        strict=True, json_schema_extra={"example": examples.CHANGES, "minProperties": 1}
    )

    shipmentCode: str | None = Field(
        None, description="The carrier's code.", json_schema_extra={"maxLength": 100}
    )
    shipmentCarrier: str | None = Field(None, json_schema_extra={"enum": [*Shipment.Carrier.values, None]})
    receiverEmail: str | None = Field(None, json_schema_extra=EMAIL)
    language: str | None = None
    additionalData: dict[str, Any] | None = None


class Links(BaseModel):
    recordingUrl: str
    previewUrl: str


class ContainerOut(BaseModel):
    """A container as it was opened."""

    model_config = ConfigDict(json_schema_extra={"example": examples.OPENED})

    crid: str
    urid: str
    state: str = Field(json_schema_extra={"enum": [*VideoContainer.State.values]})
    editKey: str = Field(json_schema_extra={"format": "uuid"})
    links: Links


class ShipmentOut(BaseModel):
    code: str | None
    carrier: str | None
    status: str
    deliveredAt: str | None = Field(json_schema_extra=TIME)


class VideoOut(BaseModel):
    durationSeconds: float | None
    width: int | None
    height: int | None
    posterUrl: str


class DetailsOut(ContainerOut):
    """A container with all that is known of it; what is not known is null."""

    model_config = ConfigDict(json_schema_extra={"example": examples.DETAILS})

    email: str
    receiverEmail: str | None
    language: str | None
    additionalData: dict[str, Any] | None
    shipment: ShipmentOut | None
    activatedAt: str | None = Field(json_schema_extra=TIME)
    recordedAt: str | None = Field(json_schema_extra=TIME)
    deliveredAt: str | None = Field(json_schema_extra=TIME)
    expiresAt: str | None = Field(json_schema_extra=TIME)
    video: VideoOut | None


class ResultOut(BaseModel):
    result: Literal["ok"]


class UrlOut(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": examples.WATCH_URL})

    url: str


class ErrorOut(BaseModel):
    """Every error; `fields` says what is wrong with which field."""

    error: str = Field(json_schema_extra={"enum": [*examples.ERRORS]})
    message: str
    fields: dict[str, str] = Field(default_factory=dict)
