"""The tables, one noun per module."""

from fourfold.records.models.approval import Approval
from fourfold.records.models.attachment import Attachment
from fourfold.records.models.backup import Backup
from fourfold.records.models.chain import Chain
from fourfold.records.models.connection import Connection
from fourfold.records.models.data_key import DataKey
from fourfold.records.models.deputy import Deputy
from fourfold.records.models.entry import Entry
from fourfold.records.models.evaluation import Evaluation
from fourfold.records.models.event import Event
from fourfold.records.models.feed import Feed
from fourfold.records.models.feed_run import FeedRun
from fourfold.records.models.former_definition import FormerDefinition
from fourfold.records.models.grant import Grant
from fourfold.records.models.guest_link import GuestLink
from fourfold.records.models.identity import Identity
from fourfold.records.models.import_job import ImportJob
from fourfold.records.models.imports import Import
from fourfold.records.models.initiative import Initiative
from fourfold.records.models.invitation import Invitation
from fourfold.records.models.job_run import JobRun
from fourfold.records.models.kpi import Kpi
from fourfold.records.models.kpi_use import KpiUse
from fourfold.records.models.link import Link
from fourfold.records.models.look import Look
from fourfold.records.models.mail import Mail
from fourfold.records.models.mapping import Mapping
from fourfold.records.models.measurement import Measurement
from fourfold.records.models.membership import Membership
from fourfold.records.models.memo import Memo
from fourfold.records.models.note import Note
from fourfold.records.models.objective import Objective
from fourfold.records.models.organisation import Organisation
from fourfold.records.models.outbox import Outbox
from fourfold.records.models.outlook import Outlook
from fourfold.records.models.period_state import PeriodState
from fourfold.records.models.person import Person
from fourfold.records.models.perspective import Perspective
from fourfold.records.models.provisioning_key import ProvisioningKey
from fourfold.records.models.reminder import Reminder
from fourfold.records.models.request_key import RequestKey
from fourfold.records.models.restatement import Restatement
from fourfold.records.models.result import Result
from fourfold.records.models.secret import Secret
from fourfold.records.models.session import Session
from fourfold.records.models.snapshot import Snapshot
from fourfold.records.models.step import Step
from fourfold.records.models.strategy import Strategy
from fourfold.records.models.target import Target
from fourfold.records.models.theme import Theme
from fourfold.records.models.token import Token
from fourfold.records.models.unit import Unit
from fourfold.records.models.upload import Upload, UploadPart
from fourfold.records.models.veil import Veil
from fourfold.records.models.watch import Watch

__all__ = [
    "Approval",
    "Attachment",
    "Backup",
    "Chain",
    "Connection",
    "DataKey",
    "Deputy",
    "Entry",
    "Evaluation",
    "Event",
    "Feed",
    "FeedRun",
    "FormerDefinition",
    "Grant",
    "GuestLink",
    "Identity",
    "Import",
    "ImportJob",
    "Initiative",
    "Invitation",
    "JobRun",
    "Kpi",
    "KpiUse",
    "Link",
    "Look",
    "Mail",
    "Mapping",
    "Measurement",
    "Membership",
    "Memo",
    "Note",
    "Objective",
    "Organisation",
    "Outbox",
    "Outlook",
    "PeriodState",
    "Person",
    "Perspective",
    "ProvisioningKey",
    "Reminder",
    "RequestKey",
    "Restatement",
    "Result",
    "Secret",
    "Session",
    "Snapshot",
    "Step",
    "Strategy",
    "Target",
    "Theme",
    "Token",
    "Unit",
    "Upload",
    "UploadPart",
    "Veil",
    "Watch",
]
