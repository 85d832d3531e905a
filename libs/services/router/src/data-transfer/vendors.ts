import type { DataTransferVendor } from './vendor';

/** The vendors whose DataTransfer is understood: put yours here (docs/how-to/add-a-data-transfer-vendor.md). */
export const VENDORS: readonly DataTransferVendor[] = [];
