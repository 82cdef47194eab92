"""What requests say in their headers, and which requests are refused."""
