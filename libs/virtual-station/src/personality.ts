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
];
