import { powerAt, type Curve, type Register } from './meter';

/** A session in the station's own memory: this is the truth, whatever the CSMS makes of it. */
export interface Session {
  idToken: string;
  evse: number;
  /** 2.x: the remote start that began it; null for a driver at the station, and in 1.6, which has no such number. */
  remoteStartId: number | null;
  /** The reservation of its token here, which it used (H01.FR.15); null: there was none. */
  reservationId: number | null;
  /** 2.x: given by the station; 1.6: given by the CSMS, null until its answer has come. */
  transactionId: string | null;
  /** Next seqNo (2.x). */
  seqNo: number;
  curve: Curve;
  register: Register;
  startWh: number;
  startedAt: Date;
  endedAt: Date | null;
  /** The register at the end; null while the session lasts. */
  endWh: number | null;
  /** What the CSMS has acknowledged of it; of its readings, their instants. */
  acknowledged: { start: boolean; end: boolean; readings: Date[] };
  /** Messages that were given up or pushed out of a full queue. */
  lost: number;
}

/** A moment of the session, as the meter saw it. */
export interface Reading {
  at: Date;
  /** 2.x: place among the session's events. It is given when the reading is taken and stays the same however often it is sent. */
  seqNo: number;
  wh: number;
  powerW: number;
  context: 'Transaction.Begin' | 'Sample.Periodic' | 'Transaction.End';
}

/** A session that begins at this moment. */
export function newSession(
  parts: Pick<Session, 'idToken' | 'evse' | 'remoteStartId' | 'reservationId' | 'transactionId' | 'curve' | 'register'>,
  startedAt: Date,
): Session {
  return {
    ...parts,
    startWh: parts.register.wh,
    startedAt,
    endedAt: null,
    endWh: null,
    seqNo: 0,
    acknowledged: { start: false, end: false, readings: [] },
    lost: 0,
  };
}

/** Counts the energy of the seconds since the last reading, and reads the meter. */
export function readMeter(session: Session, at: Date, seconds: number, context: Reading['context']): Reading {
  const { curve, register, startedAt, startWh } = session;
  const powerW = powerAt(curve, (at.getTime() - startedAt.getTime()) / 1_000, register.wh - startWh);
  register.add(powerW, seconds);
  return { at, wh: register.wh, powerW, context, seqNo: session.seqNo++ };
}
