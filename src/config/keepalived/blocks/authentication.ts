/** `authentication { … }`: the simple password of version 2. */

import { AUTHENTICATION_DATA_LENGTH } from "../../../wire/vrrp2.js";
import type { Report } from "../report.js";
import type { Statement } from "../statement.js";
import { type Placed, placed } from "../values.js";

export interface Authentication {
  type: Placed<"PASS"> | null;
  /** The first bytes of what is written, as many as an advert carries. */
  password: Placed<Uint8Array> | null;
}

type Read = (draft: Authentication, statement: Statement, report: Report) => void;

export const AUTHENTICATION: Readonly<Record<string, Read>> = {
  auth_type: (draft, statement, report) => {
    const [type] = statement.words;
    if (type === "PASS") draft.type = placed("PASS", statement);
    else if (type === "AH") {
      const reason =
        "is IPsec's header, which vrrpd does not do: other nodes would refuse its adverts, and it theirs";
      report.refuse(statement.origin, "AH", reason, "PASS on all nodes, or no authentication");
    } else
      report.warn(statement.origin, `auth_type ${type} is not known: no password is sent, as in Keepalived`);
  },
  auth_pass: (draft, statement, report) => {
    const bytes = Buffer.from(statement.words[0]!);
    if (bytes.length > AUTHENTICATION_DATA_LENGTH)
      report.warn(
        statement.origin,
        `auth_pass is longer than ${AUTHENTICATION_DATA_LENGTH} bytes: the first ones count, as in Keepalived`,
      );
    const password = new Uint8Array(AUTHENTICATION_DATA_LENGTH);
    password.set(bytes.subarray(0, AUTHENTICATION_DATA_LENGTH));
    draft.password = placed(password, statement);
  },
};
