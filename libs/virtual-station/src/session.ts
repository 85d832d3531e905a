import type { Curve, Register } from './meter';

/** A session in the station's own memory: the truth, whatever the CSMS makes of it. */
export interface Session {
  idToken: string;
  evse: number;
  /** 2.x: the remote start that it answers to; null where somebody stood at the station, and in 1.6, which has no such number. */
  remoteStartId: number | null;
  /** 2.x: the station's; 1.6: the CSMS's, null until it was told. */
  transactionId: string | null;
  /** Next seqNo (2.x). */
  seqNo: number;
  curve: Curve;
  register: Register;
  startWh: number;
  startedAt: Date;
  endedAt: Date | null;
  /** The register at the end; null while it lasts. */
  endWh: number | null;
  /** What the CSMS has acknowledged of it. */
  acknowledged: { start: boolean; end: boolean; readings: number };
  /** Messages that were given up or pushed out of a full queue. */
  lost: number;
}

/** A moment of the session, as the meter saw it. */
export interface Reading {
  at: Date;
  /** 2.x: place among the session's events; given when the reading is taken, the same however often it is sent. */
  seqNo: number;
  wh: number;
  powerW: number;
  context: 'Transaction.Begin' | 'Sample.Periodic' | 'Transaction.End';
}
