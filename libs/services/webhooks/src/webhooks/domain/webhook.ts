/** Webhooks of one tenant; 409 beyond. */
export const MAX_WEBHOOKS = 20;
export const WEBHOOK_NAME = /^[\w.:-]{1,100}$/;
export const MAX_DESCRIPTION_LENGTH = 500;

/** How long an old secret goes on signing after a rotation, seconds. */
export const OVERLAP_SECONDS = { usual: 86_400, most: 604_800 } as const;

/** What a tenant sets. */
export interface WebhookTerms {
  url: string;
  /** `ce_type`s. */
  events: readonly string[];
  description: string;
  enabled: boolean;
}

/** Why a webhook is disabled: by whoever set it, after days of failing, or because the receiver answered 410. */
export type DisabledReason = 'operator' | 'failing' | 'gone';

export interface Webhook extends WebhookTerms {
  tenant: string;
  webhook: string;
  /** Of this making: a webhook that is deleted and made again under its name is another one. */
  id: string;
  disabledReason: DisabledReason | null;
  disabledAt: Date | null;
  /** Of the first attempt that failed since the last success. */
  failingSince: Date | null;
  secretIssuedAt: Date;
  /** Until when the secret before signs too. */
  previousSecretUntil: Date | null;
  /** Events that were not recorded, because too many deliveries waited. */
  dropped: number;
  lastDroppedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

export type WebhookStatus = 'active' | 'failing' | 'disabled';

export function statusOf({ enabled, failingSince }: Pick<Webhook, 'enabled' | 'failingSince'>): WebhookStatus {
  if (!enabled) return 'disabled';
  return failingSince === null ? 'active' : 'failing';
}
