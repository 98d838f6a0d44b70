/**
 * What proofs are checked by: the verifying key of Semaphore v4's circuit at depth 20, as its ceremony
 * has made it (`semaphore-20.json` of @zk-kit/semaphore-artifacts 4.13.0; MIT, Ethereum Foundation).
 */
import type { VerifyingKey } from "./groth16/check.ts";

export const SEMAPHORE_20: VerifyingKey = {
  alpha: [
    0x245229d9b076b3c0e8a4d70bde8c1cccffa08a9fae7557b165b3b0dbd653e2c7n,
    0x253ec85988dbb84e46e94b5efa3373b47a000b4ac6c86b2d4b798d274a182302n,
  ],
  beta: [
    [
      0x2424bcc1f60a5472685fd50705b2809626e170120acaf441e133a2bd5e61d244n,
      0x07090a82e8fabbd39299be24705b92cf208ee8b3487f6f2b39ff27978a29a1dbn,
    ],
    [
      0x2b86859fd3d55c9d150fb3f0aeba798826493dd73d357ab0f9fdaced9fc81829n,
      0x0ae1135cffdaf227c5dc266740607aa930bc3bd92ddc2b135086d9da2dfd3e2an,
    ],
  ],
  gamma: [
    [
      0x1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6edn,
      0x198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2n,
    ],
    [
      0x12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daan,
      0x090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975bn,
    ],
  ],
  delta: [
    [
      0x1673e455967762f96f57b413424631198e09e7bb1bb06844068fe44f307a8d59n,
      0x1230a42b5aa82168743e9817923ea3ebd1d3a55ef1bd91a89eacc55663a02640n,
    ],
    [
      0x2e92f89b6bd8472ef679fa5d617805180e6e0605423cac37fc15f281939770a7n,
      0x061d9c5b1f377adc54722ccaf3601332ebc07660fec4d89b5c8213031f0aa8b7n,
    ],
  ],
  ic: [
    [
      0x2d3c9778d5cb3ab0bfe4b296e2ed90ed19619b8b353c1043b40e03b568a049a4n,
      0x17276cb455cc5d461db37b0b4f6b34f1bb429a76968726205617095e1d39b92dn,
    ],
    [
      0x09dae1c6d2e4114c5439c81baa28594cc0ab76e7f32c25c4f780c9e9d6e46a5an,
      0x0a23d3bedfe1b14bff3eec36492bb9329f56ddbf7f5e1f122838e96dcfe98c46n,
    ],
    [
      0x13a1149cf273a308c777146d7f4be2160aac12980d97661fad18cf682b7c5e24n,
      0x2b74aaa132494d280ca444d5d2a99cd2bd426ff82d443e2b44b8441733bd450dn,
    ],
    [
      0x29b8403a3843d4a77b6c70539d8965e57af369d6f32feab13450f3fa985aed18n,
      0x142569f4ef08c2a1947dcb6e99b5ac52cdd5876c50f02bd6afd62fc810a75511n,
    ],
    [
      0x0f47bd52a43c690f658374e9f7c2bc4285c641c7116a4ccd2c94f684cbeb7f2an,
      0x17a29f16b646ebe94c4b2e2c4bc375cd7b002111dd55c4d212e9360cec88c188n,
    ],
  ],
};
