import { z } from 'zod';

/** Where a page of these lists ended: time and id. */
export const timeAndId = z.tuple([z.iso.datetime(), z.guid()]);
