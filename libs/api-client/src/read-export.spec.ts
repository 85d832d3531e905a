import { VoltbusClient } from './voltbus-client';
import { ScriptedServer, html, problem, type Script } from './testing/scripted-server';

let server: ScriptedServer;
afterEach(() => server.close());

/** Answers these pieces, and then ends the answer or cuts the connection. */
const lines =
  (pieces: readonly string[], end: 'end' | 'cut' = 'end'): Script =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    pieces.forEach((piece) => response.write(piece));
    if (end === 'end') response.end();
    else setImmediate(() => response.socket?.destroy());
  };

/** The ids that were read, and the name of the error that ended it. */
async function read(script: Script): Promise<{ ids: string[]; error: string | null }> {
  server = await ScriptedServer.start(script);
  const ids: string[] = [];
  const client = new VoltbusClient({ baseUrl: server.url, key: 'k', retry: { firstPauseMs: 1 } });
  try {
    for await (const { id } of client.export('/v1/audit-log/export', { method: ['PUT'], path: '/v1/tariffs/' })) ids.push(id);
    return { ids, error: null };
  } catch (error) {
    return { ids, error: error instanceof Error ? error.name : String(error) };
  }
}

describe('an export', () => {
  it('gives each entry, wherever the pieces of the answer are cut', async () => {
    expect(await read(lines(['{"id":"3"}\n{"i', 'd":"2"}', '\n{"id":"1"}\n']))).toEqual({ ids: ['3', '2', '1'], error: null });
    expect(server.received.map(({ url }) => url)).toEqual(['/v1/audit-log/export?method=PUT&path=%2Fv1%2Ftariffs%2F']);
  });

  it('gives nothing where there is no entry', async () => {
    expect(await read(lines([]))).toEqual({ ids: [], error: null });
  });

  it.each<[string, Script, string]>([
    ['ends within a line', lines(['{"id":"3"}\n{"id":']), 'UnexpectedAnswer'],
    ['has a line that is no JSON', lines(['{"id":"3"}\n<html>\n']), 'UnexpectedAnswer'],
    ['has a line that is too long', lines(['{"id":"3"}\n', `"${'x'.repeat(9_000_000)}`]), 'UnexpectedAnswer'],
    ['is cut', lines(['{"id":"3"}\n'], 'cut'), 'NoAnswer'],
  ])('throws after the entries that it has given, where the answer %s, and asks no second time', async (_what, script, name) => {
    expect(await read(script)).toEqual({ ids: ['3'], error: name });
    expect(server.received).toHaveLength(1);
  });

  it('throws the problem that is answered, and what is none of the API', async () => {
    expect(await read(problem(403, 'forbidden'))).toEqual({ ids: [], error: 'ApiProblem' });
    await server.close();
    expect(await read(html(502))).toEqual({ ids: [], error: 'ApiProblem' });
  });
});
