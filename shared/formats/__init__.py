"""SDS CSV formats as tables: files, columns, and the formats that are recognised in order to be refused."""

from .detection import FORMATS, Folder, Remark, RemarkRule, classify, format_of
from .elsewhere import names_elsewhere
from .model import Column, FileSpec, Format, Kind, ValueList
from .names import is_archive, is_csv
from .refused import ONEROSTER, ONEROSTER_FILE, SDS_V2, UK, Refused, by_columns, by_names, is_oneroster

refused_format = by_names

__all__ = [
    "FORMATS",
    "ONEROSTER",
    "ONEROSTER_FILE",
    "SDS_V2",
    "UK",
    "Column",
    "FileSpec",
    "Folder",
    "Format",
    "Kind",
    "Refused",
    "Remark",
    "RemarkRule",
    "ValueList",
    "by_columns",
    "by_names",
    "classify",
    "format_of",
    "is_archive",
    "is_csv",
    "is_oneroster",
    "names_elsewhere",
    "refused_format",
]
