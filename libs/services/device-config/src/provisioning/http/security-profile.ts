import { z } from 'zod';

/** A security profile as the API has it. */
export const securityProfile = z
  .union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)])
  .meta({ id: 'SecurityProfile', description: 'Security profile of OCPP: 0 none, 1 password, 2 password over TLS, 3 client certificate' });
