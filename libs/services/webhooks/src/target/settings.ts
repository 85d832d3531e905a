import type { Settings } from '@voltbus/runtime';
import type { TargetRules } from './target-rules';

/** The rules that an installation sets. */
export function targetRules({ WEBHOOK_ALLOWED_ADDRESSES: addresses, WEBHOOK_ALLOWED_PORTS: allowedPorts }: Settings): TargetRules {
  return { allowedAddresses: addresses ?? [], allowedPorts };
}
