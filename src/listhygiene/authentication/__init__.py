"""What a domain publishes of its mail: SPF, DKIM and DMARC, read over the hall's look-up."""
