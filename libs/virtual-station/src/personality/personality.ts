import type { ExtraMessageName } from '../messages/extra-messages';
import type { PayloadMutationName } from '../messages/payload-mutations';
import type { Contract } from '../messages/ocpp16-plug-and-charge';
import type { DeviceModelOptions } from '../commands/device-model';
import type { FirmwareHabit } from '../commands/firmware-update';
import type { PublicationHabit } from '../commands/local-controller';
import type { LocalListOptions } from '../commands/local-list';

/**
 * How a station differs from the specification. Data, not code: each member is a habit seen in the field, with the number of its field quirk.
 * An absent member means that the station obeys the specification there.
 */
export interface Personality {
  name: string;
  /** One line for people, which names the quirks. */
  description: string;
  /** Every message has this id (quirk 19). */
  messageId?: string;
  /** Ids restart at 1 with each connection (quirk 19). */
  messageIdsRestart?: boolean;
  /** Every transaction message is sent so many times, each with a new message id (quirk 3). */
  sendCount?: number;
  /** Is added to its clock, milliseconds (quirk 11). */
  clockOffsetMs?: number;
  /** How timestamps are written (quirks 12, 13). */
  timestamps?: 'zulu' | 'no-zone' | 'offset' | 'local' | 'local-as-utc';
  /** The zone of its clock, for local times (IANA). */
  zone?: string;
  /** Energy is reported in kWh, with its unit. */
  kilowattHours?: boolean;
  /** Energy is reported in kWh and said to be Wh, registers as well (quirk 17). */
  kilowattHoursAsWattHours?: boolean;
  /** It reports Available when a session has begun (quirk 67). */
  availableWhileCharging?: boolean;
  /** It rejects a remote start that has a charging profile (quirk 59), or that names no connector (quirk 58). */
  rejectsStartWith?: 'profile' | 'no-connector';
  /** It answers no call that comes sooner after its last answer, milliseconds (quirk 7). */
  needsPauseMs?: number;
  /** How its firmware updates go; absent: it does not know them. */
  firmwareUpdates?: FirmwareHabit;
  /** 2.x: it is a local controller, and how it publishes firmware (L03, L04); absent: it is none. */
  publications?: PublicationHabit;
  /** 1.6: sampled values have no unit and no measurand, so that the defaults of section 4.7 apply. */
  bareSamples?: boolean;
  /** 1.6: sampled values are numbers (quirk 40). */
  numericValues?: boolean;
  /** 1.6: MeterValues have no transactionId (quirk 45). */
  readingsWithoutTransaction?: boolean;
  /** It sends no readings. */
  silent?: boolean;
  /** 1.6: StopTransaction has the transaction id -1 (quirk 4). */
  stopsUnknown?: boolean;
  /** 2.x: `evse` is in every event, or with false in none (quirk 29). */
  evseAlways?: boolean;
  /** 2.x: readings are sent as MeterValues instead of TransactionEvent Updated. */
  separateReadings?: boolean;
  /** The readings of a session are sent at its end, in reverse order. */
  readsBackwards?: boolean;
  /** It boots with each connection, not only after power-up (quirk 77). */
  bootsAlways?: boolean;
  /** Payloads have members that are not in the schema, and null members (quirks 8, 65). */
  chatty?: boolean;
  /** It loses its connection so often during a session. */
  cuts?: number;
  /** Time until it reconnects after a cut, milliseconds. */
  awayMs?: number;
  /** 1.6: it authorizes contracts of cars by DataTransfer (quirk 79). */
  contract?: Contract;
  /** Is added to every token that it presents (quirk 31). */
  tokenSuffix?: string;
  /** How its payloads are invalid or odd. */
  mutations?: readonly PayloadMutationName[];
  /** Messages sent with each reading. */
  extraPerReading?: readonly ExtraMessageName[];
  /** Messages sent after the start of each session. */
  extraAfterStart?: readonly ExtraMessageName[];
  /** Messages sent after the end of each session. */
  extraAfterEnd?: readonly ExtraMessageName[];
  /** Frames that belong to no call, one of them with each reading (quirks 41, 63). */
  strayFrames?: readonly string[];
  /** It answers every call with NotImplemented (quirk 61), or also in the wrong shape (quirk 62). */
  callAnswers?: 'not-implemented' | 'misshapen-errors';
  /** It boots once in a connection: when that is not answered it waits for a trigger (quirk 87). */
  bootsOnce?: boolean;
  /** It cuts its connection when it is called before it has booted and reported over it (quirk 6). */
  shy?: boolean;
  /** It answers so many calls of a connection, and none after them until the next connection (quirk 7). */
  answersCalls?: number;
  /** Its variables, and how it reports them. */
  deviceModel?: DeviceModelOptions;
  /** The firmware that it tells when it boots. */
  firmwareVersion?: string;
  /** Its local authorization list. */
  localList?: LocalListOptions;
  /** 1.6: settings are numbers or padded with blanks, `readonly` is 0 (quirk 49). */
  looseSettings?: boolean;
  /** 2.x: it makes no custom reports (B08). */
  reportless?: boolean;
  /** It accepts a remote start and does not start (quirk 58). */
  forgetsRemoteStarts?: boolean;
  /** 2.x: the end has the empty token of type NoAuthorization (quirk 69). */
  endsNameless?: boolean;
  /** It never sends a StatusNotification (quirk 66). */
  statusless?: boolean;
  /** It sends a message before it has booted (quirk 27). */
  hasty?: boolean;
  /** It sends messages in fragments (quirk 72). */
  fragments?: boolean;
  /** It offers 1.6 too, and speaks 1.6 whatever was agreed on (quirk 24). */
  speaks16?: boolean;
  /** Its URL ends with a slash (quirk 35). */
  slash?: boolean;
}

export const BY_THE_BOOK: Personality = { name: 'by-the-book', description: 'obeys the specification' };
