import { COMMAND_RESULTS, type Command, type Protocol } from '@voltbus/contracts';
import { checkResponse, parseFrame } from '@voltbus/ocpp';
import { hostileMessages } from '@voltbus/testing';
import { LocalListHarness } from '../local-list/testing/local-list-harness';
import { commandEnd } from '../testing/service-fixture';

let lists: LocalListHarness;
beforeAll(async () => {
  lists = await LocalListHarness.start();
});
afterAll(() => lists?.close());
beforeEach(() => lists.begin());

/** What a station may answer, as a gateway hands it on; each different answer once. */
function answersTo(protocol: Protocol, action: string): [what: string, response: unknown][] {
  const answers = new Map<string, [string, unknown]>();
  for (const { what, json } of hostileMessages(protocol, `${action}Response`)) {
    const frame = parseFrame(`[3,"m",${json}]`);
    const checked = frame.type === 'result' ? checkResponse(protocol, action, frame.payload, 'inbound') : null;
    if (checked?.ok === true) answers.set(JSON.stringify(checked.payload), [what, checked.payload]);
  }
  return [...answers.values()];
}

/** The end of a command as its topic carries it, at every block that subscribes to it. */
function end(command: Command): Promise<void> {
  const { tenant, station } = command;
  const at = new Date().toISOString();
  return lists.service.deliver(COMMAND_RESULTS.events.ended, { ...command, createdAt: at, endedAt: at }, { tenant, station });
}

describe('whatever a station answers to our calls is taken', () => {
  it.each([
    ['ocpp1.6', 'GetLocalListVersion'],
    ['ocpp2.0.1', 'GetLocalListVersion'],
    ['ocpp2.1', 'GetLocalListVersion'],
  ] as const)('%s %s: the version of its list', async (protocol, action) => {
    const tenant = `version-${protocol}`.replace(/[.]/g, '-');
    await lists.put(tenant, 'AAA');
    await lists.on(tenant);
    for (const [what, response] of answersTo(protocol, action)) {
      await lists.connect(tenant, protocol);
      await lists.service.localLists.force({ tenant, station: 'CS-1' });
      await lists.sweep();
      const asked = lists.service.sent.findLast((request) => request.action === action);
      if (asked === undefined) throw new Error(`${what}: not asked`);
      await expect(end(commandEnd(asked, { response }))).resolves.toBeUndefined();
    }
  });

  it('a list version beyond 32 bits is one that is not ours: a Full follows', async () => {
    await lists.put('large-version', 'AAA');
    await lists.on('large-version');
    await lists.connect('large-version', 'ocpp1.6');
    await lists.sweep();
    for (const listVersion of [2 ** 31, 2 ** 53]) {
      await lists.answer({ listVersion });
      expect(lists.sent()).toMatchObject({ updateType: 'Full' });
      await lists.connect('large-version', 'ocpp1.6');
      await lists.answer({ status: 'Failed' });
      await lists.service.localLists.force({ tenant: 'large-version', station: 'CS-1' });
      await lists.sweep();
    }
  });

  it.each([
    ...(['SendLocalList', 'GetConfiguration', 'ChangeConfiguration', 'RemoteStartTransaction', 'RemoteStopTransaction'] as const).map(
      (action) => ['ocpp1.6', action] as const,
    ),
    ...(['ocpp2.0.1', 'ocpp2.1'] as const).flatMap((protocol) =>
      (
        [
          ...['SendLocalList', 'GetVariables', 'SetVariables', 'GetReport', 'GetTransactionStatus', 'CostUpdated'],
          ...['CustomerInformation', 'RequestStartTransaction', 'RequestStopTransaction'],
        ] as const
      ).map((action) => [protocol, action] as const),
    ),
  ])('%s %s', async (protocol, action) => {
    const ref = { tenant: 'answers', station: `CS-${protocol}` };
    await lists.on(ref.tenant, undefined, ref.station);
    await lists.service.connect(ref, protocol);
    const request = { ...ref, action, payload: { transactionId: 'T', setVariableData: [], clear: true }, priority: 5, requestedBy: 'spec' };
    let serial = 0;
    for (const [what, response] of answersTo(protocol, action)) {
      const id = `00000000-0000-4000-8000-${String(serial++).padStart(12, '0')}`;
      await expect(end(commandEnd({ ...request, id }, { response })).then(() => what)).resolves.toBe(what);
    }
    expect(serial).toBeGreaterThan(0);
  });
});
