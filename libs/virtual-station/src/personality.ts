import type { AsideName } from './asides';
import type { BendName } from './bends';
import type { Contract } from './contract-question';
import type { ListHabits } from './local-list';

/**
 * How a station differs from the book. Data, not code: each is a habit seen in the field, with the row of the field quirks it
 * stands for. Absent habits are by the book.
 */
export interface Personality {
  name: string;
  /** What was seen, and where it hurts. */
  says: string;
  /** Every message has this id (quirk 19). */
  messageId?: string;
  /** Ids restart at 1 with each connection (quirk 19). */
  messageIdsRestart?: boolean;
  /** Everything about a transaction is said so many times, each with a new id (quirk 3). */
  times?: number;
  /** Added to the clock, milliseconds (quirk 11). */
  clockOffsetMs?: number;
  /** How timestamps are written (quirks 12, 13). */
  timestamps?: 'zulu' | 'no-zone' | 'offset';
  /** Energy is reported in kWh (with the unit said). */
  kilowattHours?: boolean;
  /** 1.6 sampled values without unit and measurand: the defaults of section 4.7. */
  bareSamples?: boolean;
  /** Sampled values as numbers on 1.6 (quirk 40). */
  numericValues?: boolean;
  /** MeterValues of 1.6 without transactionId (quirk 45). */
  readingsWithoutTransaction?: boolean;
  /** No readings at all. */
  silent?: boolean;
  /** 1.6: StopTransaction with id -1 (quirk 4). */
  stopsUnknown?: boolean;
  /** 2.x: `evse` in every event, or (false) never (quirk 29). */
  evseAlways?: boolean;
  /** 2.x: readings as MeterValues instead of TransactionEvent Updated. */
  separateReadings?: boolean;
  /** Reads of a session are sent in reverse order (2.x reordering). */
  readsBackwards?: boolean;
  /** BootNotification with each connection, not only after power-up. */
  bootsAlways?: boolean;
  /** Members the schema does not know, null members, lower-case strings (quirks 8, 65). */
  chatty?: boolean;
  /** Cuts its connection so often during a session. */
  cuts?: number;
  /** How long it stays away after a cut, milliseconds. */
  awayMs?: number;
  /** 1.6: what it presents are contracts of cars, asked about in DataTransfer (quirk 79). */
  contract?: Contract;
  /** Added to every token it presents (quirk 31). */
  tokenSuffix?: string;
  /** How its messages are out of shape. */
  bends?: readonly BendName[];
  /** Said beside each reading. */
  aside?: readonly AsideName[];
  /** Said beside the start of each session. */
  before?: readonly AsideName[];
  /** Said after the end of each session. */
  after?: readonly AsideName[];
  /** Frames that belong to nothing, one with each reading (quirks 41, 63). */
  noise?: readonly string[];
  /** What it answers to any call: that it knows none (quirk 61), also in the wrong shape (quirk 62). */
  answers?: 'not-implemented' | 'misshapen-errors';
  /** Says its boot once a connection: when it is not answered it waits, though it is there (quirk 87). */
  bootsOnce?: boolean;
  /** Cuts its connection when it is called before it has booted and reported there (quirk 6). */
  shy?: boolean;
  /** Calls that it answers on a connection; none after them until the next connection (quirk 7). */
  answersCalls?: number;
  /** Its local authorization list. */
  list?: ListHabits;
  /** Values of 1.6 settings as numbers, padded with blanks; `readonly` as 0 or 1 (quirk 49). */
  looseSettings?: boolean;
  /** 2.x: knows no custom report (B08). */
  reportless?: boolean;
  /** Accepts a remote start, and nothing follows (quirk 58). */
  forgetsRemoteStarts?: boolean;
  /** 2.x: the end names the empty token of type NoAuthorization (quirk 69). */
  endsNameless?: boolean;
  /** No StatusNotification, ever (quirk 66). */
  statusless?: boolean;
  /** Speaks before it has booted (quirk 27). */
  hasty?: boolean;
  /** Long messages come in pieces (quirk 72). */
  fragments?: boolean;
  /** Offers 1.6 too, and speaks it whatever is agreed on (quirk 24). */
  speaks16?: boolean;
  /** Its URL ends with a slash (quirk 35). */
  slash?: boolean;
}

const YEAR_MS = 365 * 86_400_000;

export const BY_THE_BOOK: Personality = { name: 'by-the-book', says: 'obeys the specification' };

/** The field, as far as a simulated station can show it. */
export const PERSONALITIES: readonly [Personality, ...Personality[]] = [
  BY_THE_BOOK,
  { name: 'constant-id', says: 'the same message id for ever (quirk 19)', messageId: '1000001' },
  { name: 'restarting-ids', says: 'message ids from 1 with each connection (quirk 19)', messageIdsRestart: true, cuts: 1, awayMs: 500 },
  { name: 'repeats', says: 'says everything about a transaction twice (quirk 3)', times: 2 },
  { name: 'clock-1970', says: 'has never heard the time (quirk 11)', clockOffsetMs: -56 * YEAR_MS },
  { name: 'clock-2106', says: 'lives far in the future (quirk 11)', clockOffsetMs: 80 * YEAR_MS },
  { name: 'no-zone', says: 'timestamps without a zone (quirk 12)', timestamps: 'no-zone' },
  { name: 'offset-zone', says: 'timestamps with +02:00 (quirk 13)', timestamps: 'offset' },
  { name: 'kilowatt-hours', says: 'counts in kWh', kilowattHours: true },
  { name: 'bare-samples', says: 'says neither unit nor measurand (1.6 section 4.7)', bareSamples: true },
  { name: 'numeric-values', says: 'values as numbers (quirk 40)', numericValues: true },
  {
    name: 'loose-readings',
    says: 'readings that name no transaction (quirk 45)',
    readingsWithoutTransaction: true,
    separateReadings: true,
  },
  { name: 'silent', says: 'sends no readings', silent: true },
  { name: 'stops-unknown', says: 'stops a transaction -1 (1.6, quirk 4)', stopsUnknown: true },
  { name: 'evse-always', says: 'evse in every event (quirk 29)', evseAlways: true },
  { name: 'evse-never', says: 'evse in no event (quirk 29)', evseAlways: false },
  { name: 'backwards', says: 'readings newest first', readsBackwards: true },
  { name: 'boots-always', says: 'a boot with every connection', bootsAlways: true, cuts: 1, awayMs: 300 },
  { name: 'chatty', says: 'more than the schema knows (quirks 8, 65)', chatty: true },
  { name: 'mobile', says: 'loses its network in mid session (quirk 1)', cuts: 2, awayMs: 2_000 },
  { name: 'offline', says: 'is away when the session ends', cuts: 1, awayMs: 8_000 },
  { name: 'dirty-reader', says: 'control characters in its tokens (quirk 31)', tokenSuffix: '\u0010\u000e' },
  { name: 'nobody-s', says: 'no vendor (quirk 34)', bends: ['empty-vendor'] },
  { name: 'no-list', says: 'a reading where a list of them belongs (1.6, quirk 38)', bends: ['object-meter-value'] },
  { name: 'empty-handed', says: 'readings without samples (quirk 39)', bends: ['no-samples'] },
  { name: 'own-units', says: 'Celcius and Hertz (1.6, quirk 42)', bends: ['vendor-units'] },
  { name: 'fractions', says: 'registers with fractions (1.6, quirk 48)', bends: ['fractional-registers'] },
  { name: 'station-meter', says: 'reads the meter of the whole station too (quirk 44)', aside: ['station-meter'] },
  { name: 'goes-on-reading', says: 'reads on after the end (quirk 46)', after: ['late-reading'] },
  { name: 'historian', says: 'days of history at once (quirk 47)', before: ['history'] },
  { name: 'vendor-status', says: 'its status by DataTransfer (quirk 86)', aside: ['vendor-status'] },
  { name: 'plug-and-charge', says: 'asks about contracts of cars in DataTransfer (1.6, quirk 79)', contract: {} },
  {
    name: 'garbler',
    says: 'frames that are none (quirk 41), answers to nothing (quirk 63)',
    noise: ['[,{', '[3,"nobody",{}]', '[4,"nobody","GenericError"]'],
  },
  { name: 'knows-nothing', says: 'NotImplemented to every call (quirk 61)', answers: 'not-implemented' },
  { name: 'misshapen', says: 'errors of four parts, details that are text (quirk 62)', answers: 'misshapen-errors' },
  {
    name: 'shy',
    says: 'boots with every connection, and is gone when it is called before it has reported (quirk 6)',
    bootsAlways: true,
    shy: true,
  },
  { name: 'goes-deaf', says: 'answers one call of a connection and no other (quirk 7)', answersCalls: 1 },
  { name: 'boots-once', says: 'does not repeat a boot that was not answered (quirk 87)', bootsOnce: true },
  { name: 'statusless', says: 'no status, ever (quirk 66)', statusless: true },
  { name: 'hasty', says: 'speaks before it has booted (quirk 27)', hasty: true },
  { name: 'fragments', says: 'messages in pieces (quirk 72)', fragments: true },
  { name: 'forgetful', says: 'accepts a remote start and does nothing (quirk 58)', forgetsRemoteStarts: true },
  { name: 'short-list', says: 'a local list of five tokens, two at once (D01.FR.11, D01.FR.12)', list: { maxEntries: 5, perMessage: 2 } },
  { name: 'list-off', says: 'does not use its local list (D01.FR.13)', list: { enabled: false } },
  { name: 'loose-settings', says: 'settings as numbers, padded; no reports (quirk 49)', looseSettings: true, reportless: true },
  { name: 'ends-nameless', says: 'an empty token at the end (2.x, quirk 69)', endsNameless: true },
  { name: 'old-tongue', says: 'speaks 1.6 where 2.x was agreed on (quirk 24)', speaks16: true },
  { name: 'slash', says: 'a URL that ends with a slash (quirk 35)', slash: true },
];
