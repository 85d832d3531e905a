import { asText, deterministicId, type DeviceEvent } from '@voltbus/contracts';
import { redactText } from '@voltbus/ocpp';
import type { HistoryReport } from '../../status-history';
import type { FencedEvent } from '../domain/alert-course';
import { knownCode } from '../domain/known-codes';
import { MAX_CODE_LENGTH, MAX_INFO_LENGTH } from '../limits';

/** The error code of 1.6 that says that there is none. */
const NO_ERROR = 'NoError';

/** 1.6 section 7.6: a status with an error code is an event of the connector's Problem; `NoError` ends it, and is one only where there was a problem. */
export function faultReports(reports: readonly Omit<HistoryReport, 'kind' | 'component'>[]): { fault: FencedEvent; isOver: boolean }[] {
  return reports.flatMap(({ errorCode, ...report }) => {
    if (errorCode === null) return [];
    const isOver = errorCode === NO_ERROR;
    return [{ isOver, fault: { event: eventOf({ ...report, errorCode }, isOver), at: report.at, epoch: report.epoch } }];
  });
}

function eventOf(
  {
    tenant,
    station,
    evse,
    connector,
    id,
    errorCode,
    vendorErrorCode,
    info,
    receivedAt,
    stationTime,
  }: Omit<HistoryReport, 'kind' | 'component'>,
  isOver: boolean,
): DeviceEvent {
  const known = isOver ? null : knownCode([vendorErrorCode, errorCode]);
  return {
    ...{ tenant, station, evse, connector, component: 'Connector', componentInstance: null, variable: 'Problem', variableInstance: null },
    id: deterministicId('device-event', id),
    ...{ eventId: null, cause: null, trigger: 'Alerting', notificationType: 'HardWiredNotification', monitor: null },
    ...{ severity: known?.severity ?? null, value: isOver ? 'false' : 'true', cleared: isOver },
    code: isOver ? null : (shown(vendorErrorCode, MAX_CODE_LENGTH) ?? shown(errorCode, MAX_CODE_LENGTH)),
    ...{ meaning: known?.meaning ?? null, info: shown(info, MAX_INFO_LENGTH), ocppTransactionId: null },
    at: new Date(receivedAt).toISOString(),
    stationTime: stationTime === null ? null : new Date(stationTime).toISOString(),
  };
}

function shown(written: string | null, length: number): string | null {
  const text = written === null ? '' : asText(redactText(written).slice(0, length)).trim();
  return text === '' || text === 'null' ? null : text;
}
