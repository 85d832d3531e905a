export { ownerOf } from './webhooks';
export { SigningSecrets, type SealedSecret } from './signing-secrets';
export { TypeormWebhooks, releaseQueues } from './store/typeorm-webhooks';
export { type Webhook } from './domain/webhook';
