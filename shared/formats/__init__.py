"""SDS CSV formats as tables: files, columns, and the formats that are recognised in order to be refused."""

from .detection import FORMATS, ONEROSTER, SDS_V2, UK, format_of, refused_format
from .model import Column, FileSpec, Format, Kind, Refused, ValueList

__all__ = [
    "FORMATS",
    "ONEROSTER",
    "SDS_V2",
    "UK",
    "Column",
    "FileSpec",
    "Format",
    "Kind",
    "Refused",
    "ValueList",
    "format_of",
    "refused_format",
]
