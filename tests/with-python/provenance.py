"""Reads a labelled text by the reference libraries, and prints what each says of it as JSON."""

import io
import json
import sys

import c2pa
import c2pa_text
import encypher_c2pa

encypher_c2pa.set_telemetry_preference(False)


media = sys.argv[2] if len(sys.argv) > 2 else "text/plain"


def verified(data: bytes) -> dict:
    told = encypher_c2pa.verify_bytes(data, media, json.dumps({}))
    return json.loads(told) if isinstance(told, str) else told


with open(sys.argv[1], "rb") as file:
    whole = file.read()
structured = media == "text/markdown"
if structured:
    manifest, text = c2pa_text.extract_structured(whole.decode()).manifest, None
else:
    manifest, text = c2pa_text.extract_manifest(whole.decode())
reader = json.loads(c2pa.Reader("text/plain", io.BytesIO(whole), manifest).json())
results = reader["validation_results"]["activeManifest"]
print(
    json.dumps(
        {
            "text": text,
            "structured": structured and manifest is not None,
            "texts": [issue.message for issue in c2pa_text.validate_text(whole.decode()).issues],
            "wrapper": verified(whole),
            "changed": verified(whole.replace(b"promise", b"secrets")),
            "claim": {
                **reader["manifests"][reader["active_manifest"]],
                "successes": [one["code"] for one in results["success"]],
                "failures": sorted(f"{one['code']}: {one['explanation']}" for one in results["failure"]),
            },
        }
    )
)
