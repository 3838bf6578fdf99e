"""SDS CSV formats as tables: files, columns, and the formats that are recognised in order to be refused."""

from .detection import FORMATS, format_of, refused_format
from .model import Column, FileSpec, Format, Kind, Refused, ValueList

__all__ = [
    "FORMATS",
    "Column",
    "FileSpec",
    "Format",
    "Kind",
    "Refused",
    "ValueList",
    "format_of",
    "refused_format",
]
