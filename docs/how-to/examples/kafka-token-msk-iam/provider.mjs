// Tokens for AWS MSK with IAM: VOLTBUS_KAFKA_TOKEN_PROVIDER names this file.
// The credentials are those of the pod (IRSA, EKS Pod Identity), of the instance, or of AWS_ACCESS_KEY_ID and its like.
import { generateAuthToken } from 'aws-msk-iam-sasl-signer-js';

const region = process.env.AWS_REGION;
if (!region) throw new Error('AWS_REGION is not set');

/** Called for each connection, and before a broker ends the session of one. What it throws is tried again. */
export default async function token() {
  const { token: value } = await generateAuthToken({ region });
  return { value };
}
