import type { Protocol } from '@voltbus/contracts';
import fc from 'fast-check';

/**
 * For specs: sessions whose energy and times are known by plain arithmetic, reported in all the forms of stations.
 */
export interface MeteredSession {
  protocol: Protocol;
  /** 1.6: without the transaction's id. In the order that they are delivered in. */
  messages: { action: string; payload: Record<string, unknown> }[];
  truth: Truth;
}

export interface Truth {
  energyWh: number;
  idleSeconds: number;
  seconds: number;
  /** The largest deviation of the published values. */
  energyWithin: number;
  idleWithin: number;
  flags: string[];
}

interface Segment {
  minutes: number;
  powerW: number;
}

interface Form {
  protocol: Protocol;
  segments: Segment[];
  everyMinutes: number;
  stepWh: number;
  baseWh: number;
  phases: 'total' | 'one element' | 'own elements' | 'own messages' | 'with total';
  location: string | undefined;
  unit: 'Wh' | 'kWh' | 'multiplier';
  withPower: boolean;
  withStates: boolean;
  resets: boolean;
  intervals: boolean;
  order: number[];
  repeats: number[];
}

const MINUTE = 60_000;
const PHASES = ['L1', 'L2', 'L3'];

const form = (protocol: Protocol): fc.Arbitrary<Form> =>
  fc.record({
    protocol: fc.constant(protocol),
    segments: fc.array(fc.record({ minutes: fc.integer({ min: 20, max: 50 }), powerW: fc.constantFrom(0, 3_400, 7_400, 11_000, 22_000) }), {
      minLength: 1,
      maxLength: 4,
    }),
    everyMinutes: fc.constantFrom(1, 2, 5),
    stepWh: fc.constantFrom(1, 10, 100),
    baseWh: fc.integer({ min: 200_000, max: 5_000_000 }),
    phases: fc.constantFrom('total', 'total', 'one element', 'own elements', 'own messages', 'with total'),
    location: fc.constantFrom(undefined, 'Outlet', 'Body', 'Cable', 'Inlet', 'EV'),
    unit: protocol === 'ocpp1.6' ? fc.constantFrom('Wh', 'kWh') : fc.constantFrom('Wh', 'kWh', 'multiplier'),
    withPower: fc.boolean(),
    withStates: protocol === 'ocpp1.6' ? fc.constant(false) : fc.boolean(),
    resets: fc.boolean(),
    intervals: protocol === 'ocpp1.6' ? fc.constant(false) : fc.constantFrom(false, false, false, true),
    order: fc.array(fc.nat(1_000_000), { minLength: 700, maxLength: 700 }),
    repeats: fc.array(fc.nat(1_000), { maxLength: 4 }),
  });

export const meteredSession = (protocol: Protocol, begin: number): fc.Arbitrary<MeteredSession> =>
  form(protocol).map((one) => tell(one, begin));

/** Energy that has flowed by a minute of the session: power x time, nothing else. */
function flowed(segments: readonly Segment[], minute: number): number {
  let [wh, from] = [0, 0];
  for (const { minutes, powerW } of segments) {
    wh += (powerW * Math.max(0, Math.min(minute, from + minutes) - from)) / 60;
    from += minutes;
  }
  return wh;
}

function powerAt(segments: readonly Segment[], minute: number): number {
  let from = 0;
  for (const { minutes, powerW } of segments) if (minute < (from += minutes)) return powerW;
  return 0;
}

function tell(form: Form, begin: number): MeteredSession {
  const { segments, everyMinutes, stepWh, protocol } = form;
  const minutes = segments.reduce((sum, one) => sum + one.minutes, 0);
  const turns = segments.map((_, at) => segments.slice(0, at).reduce((sum, one) => sum + one.minutes, 0));
  const regular = Array.from({ length: Math.floor((minutes - 1) / everyMinutes) }, (_, at) => (at + 1) * everyMinutes);
  const read = [...new Set([0, ...regular, ...(form.withStates ? turns : []), minutes])].sort((a, b) => a - b);
  const resetAt = form.resets && !form.intervals && read.length > 6 ? Math.floor(read.length / 2) : null;
  const session: Session = { form, begin, minutes, turns, read, resetAt };
  const lost = resetAt === null ? 0 : flowed(segments, read[resetAt] ?? 0) - flowed(segments, read[resetAt - 1] ?? 0);
  const idle = segments.reduce((sum, one) => sum + (one.powerW === 0 ? one.minutes * 60 : 0), 0);
  const parts = form.phases === 'total' || form.phases === 'with total' ? 1 : 3;
  const slowest = Math.min(...segments.map(({ powerW }) => powerW || Infinity));
  // without a power a pause shows only after some steps of the register
  const unseen = form.withPower || slowest === Infinity ? 0 : (4 * stepWh * parts * 3600) / slowest;
  const perTurn = form.withStates ? 2 : 2 * everyMinutes * 60 + unseen;
  return {
    protocol,
    messages: delivered(protocol === 'ocpp1.6' ? messages16(session) : messages2(session), form),
    truth: {
      energyWh: flowed(segments, minutes) - lost,
      idleSeconds: idle,
      seconds: minutes * 60,
      energyWithin: form.intervals ? read.length : 2 * stepWh * parts + 2,
      idleWithin: perTurn * (segments.length + (resetAt === null ? 0 : 2)),
      flags: [...(form.intervals ? ['interval-energy'] : []), ...(resetAt === null ? [] : ['register-reset'])],
    },
  };
}

interface Session {
  form: Form;
  begin: number;
  minutes: number;
  turns: number[];
  read: number[];
  resetAt: number | null;
}

/** The display of the meter, for one of that many phases. */
function shown({ form, read, resetAt }: Session, nth: number, parts: number): number {
  const minute = read[nth] ?? 0;
  const since = resetAt !== null && nth >= resetAt ? flowed(form.segments, read[resetAt] ?? 0) : null;
  const exact =
    since === null ? form.baseWh / parts + flowed(form.segments, minute) / parts : (flowed(form.segments, minute) - since) / parts;
  return Math.floor(exact / form.stepWh) * form.stepWh;
}

type Value = Record<string, unknown>;

/** The values of one instant, in as many groups as the station makes of them. */
function groupsAt(session: Session, nth: number): Value[][] {
  const { form, read } = session;
  const where = form.location === undefined ? {} : { location: form.location };
  const number = (wh: number): Value => inUnit(form, wh);
  const power = form.withPower
    ? [{ ...plain(form, powerAt(form.segments, read[nth] ?? 0)), measurand: 'Power.Active.Import', ...where }]
    : [];
  if (form.intervals) {
    const wh = flowed(form.segments, read[nth] ?? 0) - flowed(form.segments, read[nth - 1] ?? 0);
    return [[{ ...number(Math.round(wh)), measurand: 'Energy.Active.Import.Interval', ...where }, ...power]];
  }
  const total = { ...number(shown(session, nth, 1)), ...where };
  const phases = PHASES.map((phase) => ({ ...number(shown(session, nth, 3)), phase, ...where }));
  if (form.phases === 'total') return [[total, ...power]];
  if (form.phases === 'one element') return [[...phases, ...power]];
  if (form.phases === 'with total') return [...phases.map((one) => [one]), [total, ...power]];
  return [...phases.map((one) => [one]), power].filter((group) => group.length > 0);
}

function plain({ protocol }: Form, value: number): Value {
  return { value: protocol === 'ocpp1.6' ? String(value) : value };
}

function inUnit(form: Form, wh: number): Value {
  if (form.protocol === 'ocpp1.6') return form.unit === 'kWh' ? { value: String(wh / 1000), unit: 'kWh' } : { value: String(wh) };
  if (form.unit === 'multiplier') return { value: wh / 1000, unitOfMeasure: { unit: 'Wh', multiplier: 3 } };
  return form.unit === 'kWh' ? { value: wh / 1000, unitOfMeasure: { unit: 'kWh' } } : { value: wh };
}

type Message = MeteredSession['messages'][number];

/** Each element becomes an entry of its own, or a message of its own in forms that have it so. */
function meterValues(session: Session, nth: number): { timestamp: string; sampledValue: Value[] }[][] {
  const timestamp = new Date(session.begin + (session.read[nth] ?? 0) * MINUTE).toISOString();
  const elements = groupsAt(session, nth).map((sampledValue) => ({ timestamp, sampledValue }));
  return session.form.phases === 'own messages' ? elements.map((element) => [element]) : [elements];
}

function messages16(session: Session): Message[] {
  const { begin, minutes, read } = session;
  const parts = session.form.phases === 'total' || session.form.phases === 'with total' ? 1 : 3;
  const stated = (nth: number) => Math.round(shown(session, nth, parts) * parts);
  const inner = read.slice(1, -1).flatMap((_, at) => meterValues(session, at + 1));
  return [
    {
      action: 'StartTransaction',
      payload: { connectorId: 1, idTag: 'TAG', meterStart: stated(0), timestamp: new Date(begin).toISOString() },
    },
    ...inner.map((meterValue) => ({ action: 'MeterValues', payload: { connectorId: 1, meterValue } })),
    {
      action: 'StopTransaction',
      payload: { meterStop: stated(read.length - 1), timestamp: new Date(begin + minutes * MINUTE).toISOString(), reason: 'Local' },
    },
  ];
}

function messages2(session: Session): Message[] {
  const { form, begin, read, turns } = session;
  const reported = read.flatMap((minute, nth) => meterValues(session, nth).map((meterValue, part) => ({ minute, meterValue, part })));
  return reported.map(({ minute, meterValue, part }, seqNo) => {
    const turn = form.withStates && part === 0 && turns.includes(minute);
    const chargingState = powerAt(form.segments, minute) > 0 ? 'Charging' : 'SuspendedEV';
    return {
      action: 'TransactionEvent',
      payload: {
        eventType: seqNo === 0 ? 'Started' : seqNo === reported.length - 1 ? 'Ended' : 'Updated',
        ...{ seqNo, timestamp: new Date(begin + minute * MINUTE).toISOString(), triggerReason: 'MeterValuePeriodic' },
        transactionInfo: { transactionId: 'T', ...(turn ? { chargingState } : {}) },
        ...(seqNo === 0 ? { evse: { id: 1, connectorId: 1 } } : {}),
        meterValue,
      },
    };
  });
}

/** In any order, some twice; a 1.6 station has no id before its start is answered. */
function delivered(messages: Message[], { order, repeats, protocol }: Form): Message[] {
  const [first, ...rest] = messages;
  const all = protocol === 'ocpp1.6' ? rest : messages;
  const more = repeats.flatMap((nth) => all[nth % all.length] ?? []);
  const shuffled = [...all, ...more]
    .map((message, at) => ({ message, rank: order[at] ?? 0 }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ message }) => message);
  return first === undefined || protocol !== 'ocpp1.6' ? shuffled : [first, ...shuffled];
}
