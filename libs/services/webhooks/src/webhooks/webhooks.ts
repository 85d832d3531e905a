import { randomUUID } from 'node:crypto';
import { CsmsError, invalidAt } from '@voltbus/contracts';
import { urlFault, type TargetRules } from '../target/target-rules';
import { MAX_WEBHOOKS, type Webhook, type WebhookTerms } from './domain/webhook';
import type { SigningSecrets } from './signing-secrets';
import type { TypeormWebhooks, WebhooksUnit } from './store/typeorm-webhooks';

interface WebhooksParts {
  store: TypeormWebhooks;
  secrets: SigningSecrets;
  rules: TargetRules;
  now(): Date;
}

/** A webhook after a change; `secret` where a new one was made, which is shown this once. */
export interface ChangedWebhook {
  webhook: Webhook;
  created: boolean;
  secret?: string;
}

/** Makes, changes and removes the webhooks of tenants. */
export class Webhooks {
  constructor(private readonly parts: WebhooksParts) {}

  /** Throws `not-found`. */
  async find(tenant: string, name: string): Promise<Webhook> {
    return existing(await this.parts.store.find(tenant, name));
  }

  /**
   * Makes the webhook, or replaces its terms; `termsOf` is given the webhook as it is, and may throw. A new webhook gets a secret. One that is enabled again
   * begins anew.
   */
  async put(tenant: string, name: string, termsOf: (before: Webhook | null) => WebhookTerms): Promise<ChangedWebhook> {
    const { store, now } = this.parts;
    return store.changing(tenant, async (unit) => {
      const before = await unit.find(name);
      const terms = termsOf(before);
      const fault = urlFault(terms.url, this.parts.rules);
      if (fault !== null) throw invalidAt('/url', fault);
      if (before === null) return this.add(unit, { tenant, name, terms });
      await unit.update(before.id, terms, now());
      return { webhook: existing(await unit.find(name)), created: false };
    });
  }

  /** Makes a new secret. The one before signs too for `overlapSeconds`; of an earlier rotation nothing is left. */
  async rotateSecret(tenant: string, name: string, overlapSeconds: number): Promise<ChangedWebhook> {
    const { store, secrets, now } = this.parts;
    return store.changing(tenant, async (unit) => {
      const { id } = existing(await unit.find(name));
      const { secret, sealed } = secrets.issue(ownerOf(tenant, id));
      const at = now();
      await unit.replaceSecret(id, sealed, { at, previousUntil: new Date(at.getTime() + overlapSeconds * 1_000) });
      return { webhook: existing(await unit.find(name)), created: false, secret };
    });
  }

  /** Removes it with everything that waits. A delivery under way may still arrive. `check` is given the webhook as it is, and may throw. */
  async remove(tenant: string, name: string, check: (webhook: Webhook) => void = () => undefined): Promise<void> {
    const { store, now } = this.parts;
    await store.changing(tenant, async (unit) => {
      const webhook = existing(await unit.find(name));
      check(webhook);
      await unit.remove(webhook.id, now());
    });
  }

  private async add(
    unit: WebhooksUnit,
    { tenant, name, terms }: { tenant: string; name: string; terms: WebhookTerms },
  ): Promise<ChangedWebhook> {
    if (await unit.isFull()) throw new CsmsError('conflict', `a tenant has at most ${MAX_WEBHOOKS} webhooks`);
    const id = randomUUID();
    const { secret, sealed } = this.parts.secrets.issue(ownerOf(tenant, id));
    await unit.add({ tenant, webhook: name, id, sealed, ...terms }, this.parts.now());
    return { webhook: existing(await unit.find(name)), created: true, secret };
  }
}

/** Whose a secret is, for its encryption. */
export function ownerOf(tenant: string, id: string): string {
  return `${tenant}/${id}`;
}

function existing(webhook: Webhook | null): Webhook {
  if (webhook === null) throw new CsmsError('not-found', 'no such webhook');
  return webhook;
}
