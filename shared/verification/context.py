"""What the files of a set share while they are verified."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

from ..formats import Column, FileSpec, Format
from .across import Check, Contacts, Period, Related, Students, UniqueTogether
from .columns import ColumnCheck, Rule, longer, no_longer, of_text, outside, parts, several
from .findings import Findings, Need
from .header import Header
from .keys import Keys, Places
from .kinds import looks_of_dates, looks_of_mail, plain_usernames, rules_of
from .lists import nearest_allowed
from .parents import Parents
from .references import References
from .sample import Sample
from .watch import Watch, Watched


class Context:
    """A set on its way through: the keys that later files refer to, and how to check a column."""

    def __init__(
        self,
        chosen: Format,
        present: frozenset[str],
        findings: Findings,
        allow: Mapping[str, frozenset[str]],
        *,
        allow_empty: bool,
        watch: Watch | None = None,
    ) -> None:
        self.format = chosen
        self.findings = findings
        self.contacts = Contacts()
        self.students = Students()
        self.present = present
        self.allow_empty = allow_empty
        self._allow = allow
        self._watch = watch
        self._keys: dict[tuple[str, str], Keys] = {}
        self._files: dict[str, str] = {}
        self._samples: dict[str, Sample] = {}
        self._referred = {
            target
            for spec in chosen.files
            for column in spec.columns
            for target in (column.refers, column.apart)
            if target
        }
        self._wants_contacts = any(spec.contacts and spec.name in present for spec in chosen.files)

    def give_up(self, spec: FileSpec, there: Collection[str] = ()) -> None:
        """Keys of the file, but for the columns `there`, won't be known: references to them can't be checked."""
        for column in spec.columns:
            if (spec.name, column.name) in self._referred and column.name not in there:
                self._keys.setdefault((spec.name, column.name), Keys()).drop()

    def is_referred(self, spec: FileSpec, column: Column) -> bool:
        """Other files may refer to this column."""
        target = (spec.name, column.name)
        return any(other.refers == target for file in self.format.files for other in file.columns)

    def sample(self, spec: FileSpec, header: Header) -> Sample | None:
        """What remembers a file's first rows, if other files refer to it."""
        ids = [index for index, column in header.columns.items() if self.is_referred(spec, column)]
        return self._samples.setdefault(spec.name, Sample(header.names, ids)) if ids else None

    def watched(self, spec: FileSpec, header: Header) -> Watched | None:
        """What is wanted of a file besides its checks; None: nothing."""
        at = {column.name: index for index, column in header.columns.items()}
        return Watched(self._watch, spec.name, at) if self._watch else None

    def column_check(self, spec: FileSpec, file: str, header: Header, index: int, places: Places) -> ColumnCheck:
        """The checks of one column."""
        column = header.columns[index]
        self._files[spec.name] = file
        keys = None
        if column.unique:
            keys = Keys(places)
            if (spec.name, column.name) in self._referred:
                keys = self._keys.setdefault((spec.name, column.name), keys)
        return ColumnCheck(
            column,
            file=file,
            header=header.names[index],
            index=index,
            rules=self._rules(spec, column),
            keys=keys,
            references=self._references(spec, column, file, header.names[index]),
            findings=self.findings,
        )

    def apart(self, column: Column) -> tuple[Keys, str] | None:
        """The keys that a column must have none of, and their file's name; None if it may have any."""
        keys = self._keys.get(column.apart) if column.apart else None
        return (keys, self._files.get(column.apart[0], column.apart[0])) if keys and column.apart else None

    def _rules(self, spec: FileSpec, column: Column) -> list[Rule]:
        need: Need = "required" if column.required else "optional"
        service = self.findings.service
        american = self.format.american_dates
        dates = partial(looks_of_dates, american=american and service == "classic")
        looks: dict[str, Callable[[Sequence[bytes]], str]] = {"date": dates, "email": looks_of_mail}
        rules = [
            Rule(
                rule,
                of_text(test),
                need,
                fine=plain_usernames if rule == "username" else None,
                near=looks.get(rule),
            )
            for rule, test in rules_of(column.kind, service, american=american)
        ]
        values = column.values
        if values and not (values.industry_only and service == "classic"):
            added = self._allow.get(values.id, frozenset())
            test = outside(values.values | added, values.key)
            certain: Need = need if values.certain else "optional"
            rules.append(
                Rule(
                    "value",
                    several(test) if column.many else test,
                    certain,
                    near=lambda wrong: nearest_allowed(values, added, wrong, many=column.many),
                )
            )
        if column.limit:
            rules.append(Rule("length", longer(column.limit), need, str(column.limit), no_longer(column.limit)))
        if column.refers and column.refers[0] != spec.name and not self._known(column):
            file, target = column.refers[0], self.format.spec(column.refers[0])
            if file not in self.present and target and not target.required and need == "optional":
                rules.append(Rule("referenceFile", set, need, file))
        if spec.contacts == column.name and self._wants_contacts:
            rules.append(Rule("contactDetails", self.contacts.lacking))
        return rules

    def _known(self, column: Column) -> Keys | None:
        return self._keys.get(column.refers) if column.refers else None

    def _references(self, spec: FileSpec, column: Column, file: str, header: str) -> References | None:
        keys = self._known(column)
        if keys is None or column.refers is None or column.refers[0] == spec.name:
            return None
        return References(
            keys,
            file=file,
            header=header,
            target=self._files.get(column.refers[0], column.refers[0]),
            target_column=column.refers[1],
            need="required" if column.required else "optional",
            alone=column.alone,
            parts=parts if column.many else None,
            elsewhere=self._elsewhere(*column.refers),
            sample=self._samples.get(column.refers[0]),
            groups=any(own.unique for own in spec.columns),
            findings=self.findings,
        )

    def _elsewhere(self, file: str, column: str) -> dict[str, Keys]:
        """The ids of other people, where a column refers to people, by the format's name of their file."""
        people = [spec.name for spec in self.format.files if spec.people]
        others = [name for name in people if file in people and name != file]
        return {name: keys for name in others if (keys := self._keys.get((name, column))) and keys.complete}

    def across(self, spec: FileSpec, file: str, header: Header) -> list[tuple[tuple[int, ...], Check]]:
        """The checks of several columns together, with the columns' indexes. Those that lack one are left out."""
        at = {column.name: index for index, column in header.columns.items()}
        names = header.names
        found: list[tuple[tuple[int, ...], Check]] = []
        if spec.unique and all(name in at for name in spec.unique):
            indexes = tuple(at[name] for name in spec.unique)
            found.append((indexes, UniqueTogether(file, [names[i] for i in indexes], self.findings)))
        for start, end in spec.periods:
            if start in at and end in at:
                need: Need = "required" if header.columns[at[end]].required else "optional"
                american = self.format.american_dates and self.findings.service == "classic"
                period = Period(file, (names[at[start]], names[at[end]]), self.findings, need=need, american=american)
                found.append(((at[start], at[end]), period))
        for index, column in header.columns.items():
            keys = self._keys.get(column.refers) if column.refers and column.refers[0] == spec.name else None
            if keys and column.refers and column.refers[1] in at:
                parents = Parents(file, names[index], keys, self.findings)
                found.append(((at[column.refers[1]], index), parents))
        if self._wants_contacts and spec.name == "roles.csv" and at.keys() >= {"userSourcedId", "role"}:
            found.append(((at["userSourcedId"], at["role"]), self.students))
        if spec.contacts in at and "userSourcedId" in at:
            indexes = at["userSourcedId"], at[spec.contacts]
            related = Related(file, (names[indexes[0]], names[indexes[1]]), self.students, self.findings)
            found.append((indexes, related))
        if self._wants_contacts and spec.name == "users.csv":
            wanted = ("sourcedId", "givenName", "familyName", "email")
            self.contacts.all_lack = not at.keys() >= set(wanted)
            if not self.contacts.all_lack:
                found.append((tuple(at[name] for name in wanted), self.contacts))
        return found
