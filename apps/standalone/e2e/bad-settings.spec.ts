import { createServer } from 'node:net';
import { runStandalone } from '@voltbus/testing';

/** What a newcomer gets wrong first: each has one clear message that names every problem, and exit code 78. */
describe('standalone started wrongly', () => {
  it('names every wrong setting at once', async () => {
    const { code, output } = await runStandalone({
      VOLTBUS_OCPP_PORT: 'ninety',
      VOLTBUS_HEARTBEAT_SECONDS: '1',
      VOLTBUS_LOG_LEVEL: 'loud',
    });
    expect(code).toBe(78);
    for (const name of ['VOLTBUS_OCPP_PORT', 'VOLTBUS_HEARTBEAT_SECONDS', 'VOLTBUS_LOG_LEVEL']) expect(output).toContain(name);
  });

  it('names an unknown setting', async () => {
    const { code, output } = await runStandalone({ VOLTBUS_OCCP_PORT: '9000' });
    expect(code).toBe(78);
    expect(output).toContain('VOLTBUS_OCCP_PORT');
  });

  it.each(['VOLTBUS_OCPP_PORT', 'VOLTBUS_HTTP_PORT', 'VOLTBUS_INTERNAL_PORT'])('fails because the port of %s is taken', async (setting) => {
    const taken = createServer();
    const port = await new Promise<number>((resolve) =>
      taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port)),
    );
    try {
      const { code, output } = await runStandalone({ [setting]: String(port) });
      expect(code).toBe(78);
      expect(output).toContain(String(port));
      expect(output).toContain(setting);
    } finally {
      taken.close();
    }
  });

  it('refuses a demo that the whole network could reach', async () => {
    const { code, output } = await runStandalone({ VOLTBUS_HOST: '0.0.0.0' }, ['--demo']);
    expect(code).toBe(78);
    expect(output).toContain('VOLTBUS_HOST');
  });

  it('ignores what Kubernetes injects for a Service called voltbus', async () => {
    const { code, output } = await runStandalone({
      VOLTBUS_API_PORT: 'tcp://10.0.0.1:80',
      VOLTBUS_API_SERVICE_HOST: '10.0.0.1',
      VOLTBUS_LOG_LEVEL: 'loud',
    });
    expect(code).toBe(78);
    expect(output).not.toContain('VOLTBUS_API');
  });
});
