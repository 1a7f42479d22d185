"""What all HTTP routes share: errors, bodies, the OpenAPI document, throttling."""
