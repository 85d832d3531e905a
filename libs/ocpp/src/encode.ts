import { OcppError, spellCode, type OcppErrorCode } from './errors';
import type { BrokenFrame, FrameFault, MessageId } from './peek';
import type { Protocol } from './protocols';

/** 2.x: replaces a message id that could not be read. */
const UNREADABLE_ID = '-1';

export function encodeCall(id: MessageId, action: string, payload: object): string {
  return `[2,${JSON.stringify(id)},${JSON.stringify(action)},${JSON.stringify(payload)}]`;
}

/** A payload that is a string is JSON already and is inserted as it is. */
export function encodeResult(id: MessageId, payload: object | string): string {
  return `[3,${JSON.stringify(id)},${typeof payload === 'string' ? payload : JSON.stringify(payload)}]`;
}

export function encodeError(protocol: Protocol, id: MessageId, error: OcppError): string {
  return encodeErrorFrame(4, protocol, id, error);
}

/** 2.1: the receiver of a CALLRESULT sends this when it cannot use it. */
export function encodeResultError(protocol: Protocol, id: MessageId, error: OcppError): string {
  return encodeErrorFrame(5, protocol, id, error);
}

function encodeErrorFrame(type: 4 | 5, protocol: Protocol, id: MessageId, error: OcppError): string {
  return JSON.stringify([type, id, spellCode(protocol, error.code), error.description, error.details]);
}

/** SEND, the unconfirmed message of 2.1. */
export function encodeSend(id: MessageId, action: string, payload: object): string {
  return `[6,${JSON.stringify(id)},${JSON.stringify(action)},${JSON.stringify(payload)}]`;
}

const FAULTS: Readonly<Record<FrameFault, readonly [OcppErrorCode, string]>> = {
  'not-json': ['formation-violation', 'not JSON'],
  'too-large': ['formation-violation', 'larger than 1 MiB'],
  'too-deep': ['formation-violation', 'nested deeper than 32'],
  'unstorable-text': ['formation-violation', 'text with NUL or half a surrogate pair'],
  'prototype-key': ['formation-violation', 'a key that is not allowed'],
  'number-out-of-range': ['property-constraint-violation', 'a number beyond the range of a double'],
  'not-a-frame': ['rpc-framework-error', 'not an OCPP frame'],
  'unknown-type': ['message-type-not-supported', 'unknown message type'],
  'id-unreadable': ['rpc-framework-error', 'message id is not readable'],
  'id-too-long': ['rpc-framework-error', 'message id is longer than 36 characters'],
  'action-unreadable': ['rpc-framework-error', 'action is not readable'],
  elements: ['rpc-framework-error', 'wrong number of elements'],
};

/** The error that answers a frame with this fault. */
export function faultError(fault: FrameFault): OcppError {
  return new OcppError(...FAULTS[fault]);
}

/**
 * The answer to a broken frame, or undefined when the version allows none: errors and SENDs are never answered, results only
 * on 2.1, and 1.6 has no answer to a frame whose id cannot be read.
 */
export function answerBroken(protocol: Protocol, frame: BrokenFrame): string | undefined {
  if (frame.of === 'error' || frame.of === 'result-error' || frame.of === 'send') return undefined;
  if (frame.of === 'result') {
    return protocol === 'ocpp2.1' && frame.id !== undefined ? encodeResultError(protocol, frame.id, faultError(frame.fault)) : undefined;
  }
  // In all versions an unknown message type is ignored; 2.0.1 has an error code to answer it with all the same.
  if (frame.fault === 'unknown-type' && protocol !== 'ocpp2.0.1') return undefined;
  if (frame.id !== undefined) return encodeError(protocol, frame.id, faultError(frame.fault));
  return protocol === 'ocpp1.6' ? undefined : encodeError(protocol, UNREADABLE_ID, new OcppError('rpc-framework-error'));
}
