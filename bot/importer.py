"""One domain from many: domain.yml at the root and data/<topic>/domain.yml beside each topic's words.

Named under `importers:` in config.yml. The stock importer reads one path only and would lose the topics.
"""

from pathlib import Path

from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method


class TopicImporter(RasaFileImporter):
    """RasaFileImporter whose domain is the root file merged with every topic's file, in name order."""

    @cached_method
    def get_domain(self) -> Domain:
        domain = super().get_domain()
        root = Path(self._domain_path).parent if self._domain_path else Path(".")
        for path in sorted((root / "data").glob("*/domain.yml")):
            domain = domain.merge(Domain.load(str(path)))
        return domain

    @cached_method
    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Read once: Rasa asks twice for every training and merges what it gets into copies."""
        return super().get_nlu_data(language)
