import { PROTOCOLS } from '@voltbus/contracts';
import { findAction } from '@voltbus/ocpp';
import { RequestedMessages } from './requested-messages';
import { REQUESTED_MESSAGE_MS, MAX_REQUESTED_MESSAGES } from '../limits';

type Message = [action: string, payload: object, taken: boolean];

/** One call of ours, and what of the messages that follow it is taken. */
const CASES: [call: string, payload: object, messages: Message[]][] = [
  [
    'TriggerMessage',
    { requestedMessage: 'Heartbeat' },
    [
      ['StatusNotification', { connectorId: 1 }, false],
      ['Heartbeat', {}, true],
      ['Heartbeat', {}, false],
    ],
  ],
  [
    'TriggerMessage',
    { requestedMessage: 'StatusNotification', connectorId: 1 },
    [
      ['StatusNotification', { connectorId: 2 }, false],
      ['StatusNotification', { connectorId: 1 }, true],
      ['StatusNotification', { connectorId: 1 }, false],
    ],
  ],
  // 1.6 section 5.17: without a connector all are requested
  [
    'TriggerMessage',
    { requestedMessage: 'StatusNotification' },
    [
      ['StatusNotification', { connectorId: 0 }, true],
      ['StatusNotification', { connectorId: 1 }, true],
      ['Heartbeat', {}, false],
    ],
  ],
  [
    'TriggerMessage',
    { requestedMessage: 'StatusNotification', evse: { id: 1, connectorId: 2 } },
    [
      ['StatusNotification', { evseId: 1, connectorId: 1 }, false],
      ['StatusNotification', { evseId: 1, connectorId: 2 }, true],
    ],
  ],
  ['TriggerMessage', { requestedMessage: 'StatusNotification', evse: { id: 1, connectorId: 1 } }, [['NotifyEvent', { seqNo: 0 }, true]]],
  ['TriggerMessage', { requestedMessage: 'SignV2GCertificate' }, [['SignCertificate', {}, true]]],
  ['ExtendedTriggerMessage', { requestedMessage: 'SignChargePointCertificate' }, [['SignCertificate', {}, true]]],
  ['ExtendedTriggerMessage', { requestedMessage: 'FirmwareStatusNotification' }, [['SignedFirmwareStatusNotification', {}, true]]],
  [
    'GetBaseReport',
    { requestId: 7, reportBase: 'FullInventory' },
    [
      ['NotifyReport', { requestId: 8, seqNo: 0 }, false],
      ['NotifyReport', { requestId: 7, seqNo: 0, tbc: true }, true],
      ['NotifyReport', { requestId: 7, seqNo: 1 }, true],
      ['NotifyReport', { requestId: 7, seqNo: 2 }, false],
    ],
  ],
  ['GetReport', { requestId: 3 }, [['NotifyReport', { requestId: 3 }, true]]],
  ['GetMonitoringReport', { requestId: 3 }, [['NotifyMonitoringReport', { requestId: 3 }, true]]],
  ['CustomerInformation', { requestId: 3 }, [['NotifyCustomerInformation', { requestId: 3, tbc: false }, true]]],
  [
    'GetLog',
    { requestId: 3 },
    [
      ['LogStatusNotification', { requestId: 4, status: 'Uploading' }, false],
      ['LogStatusNotification', { requestId: 3, status: 'Uploading' }, true],
      ['LogStatusNotification', { requestId: 3, status: 'Uploaded' }, true],
      ['LogStatusNotification', { status: 'Idle' }, true],
    ],
  ],
  ['GetDiagnostics', { location: 'ftp://x' }, [['DiagnosticsStatusNotification', { status: 'Uploading' }, true]]],
  ['UpdateFirmware', { location: 'ftp://x' }, [['FirmwareStatusNotification', { status: 'Downloading' }, true]]],
  ['Reset', { type: 'Soft' }, [['StatusNotification', { connectorId: 1 }, false]]],
];

describe('the messages that a station may send before it is accepted', () => {
  it.each(CASES)('are those requested by %s %j', (call, payload, messages) => {
    const asked = new RequestedMessages();
    expect(asked.takeMessage(...(messages.at(-1)?.slice(0, 2) as [string, object]), 0)).toBe(false);
    asked.onCallSent('c1', call, payload, 0);
    expect(messages.map(([action, payload]) => [action, payload, asked.takeMessage(action, payload, 1)])).toEqual(messages);
  });

  it.each([
    [{ status: 'Rejected' }, false],
    [{ status: 'NotImplemented' }, false],
    [{ status: 'Accepted' }, true],
    [{}, true],
  ])('are none when it answers that it will not send them: %j', (response, taken) => {
    const asked = new RequestedMessages();
    asked.onCallSent('c1', 'TriggerMessage', { requestedMessage: 'Heartbeat' }, 0);
    asked.onCallSent('c2', 'TriggerMessage', { requestedMessage: 'MeterValues' }, 0);
    asked.onCallAnswered('c1', response);
    expect(asked.takeMessage('Heartbeat', {}, 1)).toBe(taken);
    expect(asked.takeMessage('MeterValues', {}, 1)).toBe(true);
  });

  it('are requested for a time, which begins anew with each part', () => {
    const asked = new RequestedMessages();
    asked.onCallSent('c1', 'TriggerMessage', { requestedMessage: 'Heartbeat' }, 0);
    expect(asked.takeMessage('Heartbeat', {}, REQUESTED_MESSAGE_MS.trigger)).toBe(false);
    asked.onCallSent('c2', 'GetBaseReport', { requestId: 1 }, 0);
    for (const at of [1, 2, 3].map((part) => part * (REQUESTED_MESSAGE_MS.report - 1)))
      expect(asked.takeMessage('NotifyReport', { requestId: 1, tbc: true }, at)).toBe(true);
  });

  it('are bounded in number: the oldest request is forgotten', () => {
    const asked = new RequestedMessages();
    for (let id = 0; id <= MAX_REQUESTED_MESSAGES; id++) asked.onCallSent(`c${id}`, 'GetReport', { requestId: id }, 0);
    expect([0, 1, MAX_REQUESTED_MESSAGES].map((requestId) => asked.takeMessage('NotifyReport', { requestId }, 1))).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('are messages that stations send', () => {
    const isSent = (action: string) => PROTOCOLS.some((protocol) => (findAction(protocol, action)?.initiator ?? 'csms') !== 'csms');
    for (const [action] of CASES.flatMap(([, , messages]) => messages)) expect([action, isSent(action)]).toEqual([action, true]);
  });
});
