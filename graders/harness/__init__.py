"""What a suite is written against, and the runner that turns a suite and a submission into a verdict."""

from graders.faults import Dependency, DependencyCall
from graders.harness.cases import Case, Suite, case, load_suite
from graders.harness.cluster import Cluster
from graders.harness.failures import CaseFailed, Contradiction, SuiteError
from graders.harness.lab import Component, Lab
from graders.harness.operations import Operation, RaisedError
from graders.harness.runner import HostFactory, grade

__all__ = [
    "Case",
    "CaseFailed",
    "Cluster",
    "Component",
    "Contradiction",
    "Dependency",
    "DependencyCall",
    "HostFactory",
    "Lab",
    "Operation",
    "RaisedError",
    "Suite",
    "SuiteError",
    "case",
    "grade",
    "load_suite",
]
