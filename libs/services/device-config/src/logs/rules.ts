import type { Protocol } from '@voltbus/contracts';
import { redactText, type v16, type v21 } from '@voltbus/ocpp';
import type { TokenAddress } from '../files';
import { retriesIn, type RequestMessage, type RequestRules, type StationRequest } from '../station-requests';
import { bodyOf, rebooted, reported, runsUntil, type LogType } from './domain/log-request';
import type { UrlSeal } from '../stations/sealed-url';

const MAX_ANSWERED_NAME = 255;

/** The answers to GetLog and GetDiagnostics, as their schemas have them. */
interface Answered {
  status?: string;
  filename?: string;
  fileName?: string;
}

interface LogRulesParts {
  address: Pick<TokenAddress, 'of'>;
  operators: Pick<UrlSeal, 'open'>;
}

/** N01; 1.6 section 5.9 and its security whitepaper. */
export function logRules({ address, operators }: LogRulesParts): RequestRules {
  return {
    kind: 'log',
    noun: 'log',
    actions: new Set(['GetLog', 'GetDiagnostics']),
    message(protocol, request) {
      const { uploadTo } = bodyOf(request);
      const location = uploadTo === null ? address.of(request.id) : operators.open(uploadTo, request.tenant);
      if (location === null) return { impossible: uploadTo === null ? 'no-upload-address' : 'url-not-readable' };
      return messageOf(protocol, request, location);
    },
    refusalIn(response) {
      const { status, filename, fileName } = answered(response);
      if (status === 'Rejected') return 'rejected';
      // GetDiagnostics of 1.6: without a name there is no log
      return status === undefined && filename === undefined && fileName === undefined ? 'no-log' : null;
    },
    withAnswer(request, response) {
      const { filename, fileName = filename } = answered(response);
      // 1.6 stations answer with the whole URL, its password included
      const shown = fileName === undefined ? null : redactText(fileName).slice(0, MAX_ANSWERED_NAME);
      return { ...request, body: { ...request.body, fileName: shown } };
    },
    until: runsUntil,
    reported: (request, status, { at }) => reported(request, status, at),
    afterBoot: (request, { bootedAt }) => rebooted(request, bootedAt),
  };
}

function answered(response: unknown): Answered {
  return (response ?? {}) as Answered; // it was checked by its schema
}

function messageOf(protocol: Protocol, request: StationRequest, location: string): RequestMessage {
  const type = request.subject as LogType; // as the API has checked it
  if (type === 'DataCollectorLog' && protocol !== 'ocpp2.1') return { impossible: 'not-supported' };
  return protocol === 'ocpp1.6' && type === 'DiagnosticsLog' ? getDiagnostics(request, location) : getLog(request, type, location);
}

function getDiagnostics(request: StationRequest, location: string): RequestMessage {
  const body = bodyOf(request);
  const range = { ...(body.from === null ? {} : { startTime: body.from }), ...(body.to === null ? {} : { stopTime: body.to }) };
  return { action: 'GetDiagnostics', payload: { location, ...retriesIn(body), ...range } satisfies v16.GetDiagnosticsRequest };
}

function getLog(request: StationRequest, logType: LogType, remoteLocation: string): RequestMessage {
  const body = bodyOf(request);
  const range = {
    ...(body.from === null ? {} : { oldestTimestamp: body.from }),
    ...(body.to === null ? {} : { latestTimestamp: body.to }),
  };
  const payload = { logType, requestId: request.requestId, ...retriesIn(body), log: { remoteLocation, ...range } };
  return { action: 'GetLog', payload: payload satisfies v21.GetLogRequest };
}
