import type { Protocol } from '@voltbus/contracts';
import type { v16, v21 } from '@voltbus/ocpp';

/** A call to a station, in its version. */
export interface StationCall {
  action: string;
  payload: Record<string, unknown>;
}

interface StartParameters {
  idToken: string;
  /** 2.x: how the token is kept here; `Central` where it is not. */
  type: string;
  evse: number | null;
  /** Unique at its station (F01); 1.6 has no place for it. */
  remoteStartId: number;
}

interface RemoteCommands {
  start(parameters: StartParameters): StationCall;
  stop(ocppTransactionId: string): StationCall;
}

const ocpp16: RemoteCommands = {
  start({ idToken, evse }) {
    const payload: v16.RemoteStartTransactionRequest = { idTag: idToken, ...(evse === null ? {} : { connectorId: evse }) };
    return { action: 'RemoteStartTransaction', payload: { ...payload } };
  },
  stop(ocppTransactionId) {
    const payload: v16.RemoteStopTransactionRequest = { transactionId: Number(ocppTransactionId) };
    return { action: 'RemoteStopTransaction', payload: { ...payload } };
  },
};

const ocpp2: RemoteCommands = {
  start({ idToken, type, evse, remoteStartId }) {
    const payload: v21.RequestStartTransactionRequest = {
      idToken: { idToken, type },
      remoteStartId,
      ...(evse === null ? {} : { evseId: evse }),
    };
    return { action: 'RequestStartTransaction', payload: { ...payload } };
  },
  stop(ocppTransactionId) {
    const payload: v21.RequestStopTransactionRequest = { transactionId: ocppTransactionId };
    return { action: 'RequestStopTransaction', payload: { ...payload } };
  },
};

/** Remote start and stop by version (F01 to F03; 1.6 sections 5.11 and 5.12). */
export const remoteCommands: Readonly<Record<Protocol, RemoteCommands>> = { 'ocpp1.6': ocpp16, 'ocpp2.0.1': ocpp2, 'ocpp2.1': ocpp2 };
