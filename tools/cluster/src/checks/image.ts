import type { Context } from '../context';
import { isReady } from '../kubernetes';
import { demand, type Check } from './check';

/** Prints facts of the container that it runs in, as JSON. */
const FACTS = `
const fs = require('node:fs');
const writable = (folder) => { try { fs.writeFileSync(folder + '/x', ''); return true; } catch { return false; } };
const { bomFormat, components } = JSON.parse(fs.readFileSync('/app/sbom.cdx.json', 'utf8'));
console.log(JSON.stringify({
  uid: process.getuid(), gid: process.getgid(), node: process.version, writable: ['/', '/app', '/tmp'].filter(writable),
  packages: fs.readdirSync('/app/node_modules'), sbom: bomFormat, components: components.length,
  capabilities: /^CapEff:\\s*(\\S+)/m.exec(fs.readFileSync('/proc/1/status', 'utf8'))[1],
}));`;

interface Facts {
  uid: number;
  gid: number;
  node: string;
  writable: string[];
  packages: string[];
  sbom: string;
  components: number;
  capabilities: string;
}

export const image: Check = {
  name: 'image',
  about: 'the image runs without rights on a read-only root, on uWebSockets.js, without development packages, with its bill of materials',
  run: async (context) => {
    const gateway = (await context.kubernetes.pods('gateway')).find(isReady)?.metadata.name ?? '';
    const facts = JSON.parse(await context.kubernetes.exec(gateway, ['node', '-e', FACTS])) as Facts; // as FACTS prints it
    demand(
      facts.uid === 10001 && facts.gid === 10001 && /^0+$/.test(facts.capabilities),
      `it runs as ${facts.uid} with ${facts.capabilities}`,
    );
    demand(facts.writable.join() === '/tmp', `it can write to ${facts.writable.join(', ')}`);
    const development = facts.packages.filter((name) => ['jest', 'nx', 'typescript', 'eslint', 'prettier'].includes(name));
    demand(development.length === 0, `it has ${development.join(', ')}`);
    demand(facts.sbom === 'CycloneDX' && facts.components > 100, 'it has no bill of materials');
    demand((await metricsOf(context, gateway)).includes('transport="uws"'), 'the gateway does not run on uWebSockets.js');
    return `Node ${facts.node}, user ${facts.uid}, ${facts.components} components in the bill of materials, transport uws`;
  },
};

function metricsOf({ kubernetes }: Context, pod: string): Promise<string> {
  return kubernetes.exec(pod, ['node', '-e', "fetch('http://127.0.0.1:9090/metrics').then((answer) => answer.text()).then(console.log)"]);
}
