import type { ConnectionOptions } from 'node:tls';
import { ContractHarness, type MakeTransport } from './contract-harness';
import { disconnectionContract } from './disconnection-contract';
import { limitContract } from './limit-contract';
import { listeningContract } from './listening-contract';
import { messageContract } from './message-contract';
import { requestContract } from './request-contract';
import { upgradeContract } from './upgrade-contract';

/** What every transport promises, tested with raw bytes from the station's side. Where the adapters differ, each capability is tested both ways. */
export function transportContract(make: MakeTransport, tls: (() => ConnectionOptions) | null = null): void {
  const harness = new ContractHarness(make, tls);
  beforeEach(() => harness.start());
  afterEach(() => harness.stop());

  upgradeContract(harness);
  requestContract(harness);
  messageContract(harness);
  disconnectionContract(harness);
  limitContract(harness);
  listeningContract(harness);
}
